//! What an invitation's page shows.

use gatehouse_domain::answer::{Asked, Closed, MemberReply, Question, QuestionKind};
use gatehouse_domain::event::Event;
use gatehouse_domain::field::FieldError;
use gatehouse_domain::id::MemberId;
use gatehouse_domain::place::{Place, PlaceMode};
use gatehouse_domain::session::Session;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::words::Words;
use crate::answers::{GivenReply, MemberStanding, Standing};
use crate::wording::{date_line, map_link, stamp, time_of_day};

/// Dates that a page names at most.
const MOST_DATES: usize = 6;

/// A choice with what it is called.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    value: String,
    text: String,
}

impl Choice {
    pub(super) fn new(value: &str, text: &str) -> Self {
        Self {
            value: value.to_owned(),
            text: text.to_owned(),
        }
    }
}

#[derive(Debug, Serialize)]
struct EventPart {
    title: String,
    tagline: String,
    message: String,
    sessions: Vec<SessionPart>,
    more: Option<String>,
    place: Option<String>,
    place_later: bool,
    map: Option<String>,
}

#[derive(Debug, Serialize)]
struct SessionPart {
    title: Option<String>,
    when: String,
    stamp: String,
    doors: Option<String>,
    off: bool,
}

#[derive(Debug, Serialize)]
struct MemberPart {
    n: usize,
    field: String,
    seen: String,
    label: String,
    state: String,
    coming: &'static str,
    came: bool,
    nameable: bool,
    name: String,
    dietary: String,
    questions: Vec<QuestionPart>,
    clash: Option<String>,
    error: Option<String>,
    name_error: Option<String>,
    dietary_error: Option<String>,
}

#[derive(Debug, Serialize)]
struct PartyPart {
    seen: String,
    questions: Vec<QuestionPart>,
    asks_message: bool,
    message: String,
    message_error: Option<String>,
    clash: Option<String>,
}

#[derive(Debug, Serialize)]
struct QuestionPart {
    id: String,
    name: String,
    kind: QuestionKind,
    text: String,
    required: bool,
    options: Vec<Choice>,
    value: String,
    error: Option<String>,
}

/// Something that is said above everything else.
#[derive(Debug, Default, Serialize)]
pub(super) struct Notice {
    /// `good`, `bad` or `look`.
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) faults: Vec<Fault>,
    pub(super) link: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Fault {
    id: String,
    text: String,
}

/// A picture above the title.
#[derive(Debug, Serialize)]
pub(super) struct Cover {
    pub(super) caption: String,
    pub(super) version: String,
}

/// What stands around an invitation on its page.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub(super) words: &'a Words,
    pub(super) sessions: &'a [Session],
    /// The page's own place, such as `/i/0123456789`.
    pub(super) page: String,
    pub(super) cover: Option<Cover>,
    /// Where the tickets are fetched, where they may be.
    pub(super) download: Option<String>,
    /// Whether somebody may ask for a meeting's link.
    pub(super) meeting: bool,
    pub(super) now: i64,
}

/// What was typed and not taken, and why.
#[derive(Debug, Default)]
pub(super) struct Typed<'a> {
    pub(super) given: Option<&'a GivenReply>,
    pub(super) errors: &'a [FieldError],
    pub(super) clash: &'a [MemberId],
    pub(super) party_clash: bool,
}

/// The page's own part of what a template shows.
pub(super) fn invitation_page(
    stands: &Standing,
    setting: &Setting<'_>,
    typed: &Typed<'_>,
    notice: Option<Notice>,
) -> Value {
    let words = setting.words;
    let answers = &stands.event.settings.answers;
    let members: Vec<MemberPart> = stands
        .members
        .iter()
        .enumerate()
        .map(|(n, member)| member_part(n, member, stands, words, typed))
        .collect();
    let party = party_part(stands, words, typed);
    let notice = notice.map(|mut notice| {
        notice.faults = faults(&members, &party);
        notice
    });
    let zone = stands.event.time_zone;
    let until = answers
        .deadline
        .map(|at| filled(words, "until", "when", &date_line(at, zone, words.language)));
    minijinja::context! {
        notice => Serde(notice),
        event => Serde(event_part(stands, setting)),
        photo => Serde(&setting.cover),
        page => &setting.page,
        download => Serde(&setting.download),
        meeting => setting.meeting,
        closed => Serde(stands.closed.map(|closed| closed_text(closed, &stands.event, words))),
        until => Serde(until),
        coming => Serde([
            Choice::new("yes", words.text("yes")),
            Choice::new("no", words.text("no")),
        ]),
        dietary => answers.dietary,
        answered => stands.members.iter().any(|member| member.reply.coming.is_some()),
        members => Serde(members),
        party => Serde(party),
    }
}

/// What the page that asks once more shows: `who` of the party answer with the buttons' value.
pub(super) fn confirm_page(
    stands: &Standing,
    setting: &Setting<'_>,
    heading: &str,
    buttons: &[(&str, &str)],
    confirms: bool,
    who: impl Fn(&MemberStanding) -> bool,
) -> Value {
    #[derive(Serialize)]
    struct Button<'a> {
        value: &'a str,
        text: &'a str,
        quiet: bool,
    }
    #[derive(Serialize)]
    struct Hidden {
        name: String,
        value: String,
    }
    let words = setting.words;
    let mut hidden = vec![Hidden {
        name: "p.seen".to_owned(),
        value: stands.party_version.clone(),
    }];
    let mut hide = |name: String, value: &str| {
        hidden.push(Hidden {
            name,
            value: value.to_owned(),
        });
    };
    for (id, answer) in &stands.party.answers {
        hide(format!("p.q{id}"), answer);
    }
    hide("p.message".to_owned(), &stands.party.message);
    if confirms {
        hide("confirms".to_owned(), "yes");
    }
    let mut members = Vec::new();
    for (n, member) in stands.members.iter().enumerate() {
        if member.came || !who(member) {
            continue;
        }
        let field = field_of(member);
        hide(format!("{field}.seen"), &member.version);
        hide(format!("{field}.dietary"), &member.reply.dietary);
        for (id, answer) in &member.reply.answers {
            hide(format!("{field}.q{id}"), answer);
        }
        members.push(member_part(n, member, stands, words, &Typed::default()));
    }
    let buttons: Vec<Button<'_>> = buttons
        .iter()
        .enumerate()
        .map(|(n, (value, text))| Button {
            value,
            text: words.text(text),
            quiet: n > 0,
        })
        .collect();
    minijinja::context! {
        event => Serde(event_part(stands, setting)),
        page => &setting.page,
        heading => words.text(heading),
        members => Serde(members),
        hidden => Serde(hidden),
        buttons => Serde(buttons),
    }
}

/// A text with one value in it.
pub(super) fn filled(words: &Words, key: &str, name: &str, value: &str) -> String {
    words.text(key).replace(&format!("{{{name}}}"), value)
}

/// Why no answer is taken, in words.
pub(super) fn closed_text(closed: Closed, event: &Event, words: &Words) -> String {
    match closed {
        Closed::Cancelled => words.text("closed_cancelled").to_owned(),
        Closed::Over => words.text("closed_over").to_owned(),
        Closed::Deadline(at) => {
            let when = date_line(at, event.time_zone, words.language);
            filled(words, "closed_deadline", "when", &when)
        }
    }
}

/// The beginning of the names of a member's fields.
pub(super) fn field_of(member: &MemberStanding) -> String {
    format!("m.{}", member.row.member.id)
}

fn event_part(stands: &Standing, setting: &Setting<'_>) -> EventPart {
    let (event, words) = (&stands.event, setting.words);
    let zone = event.time_zone;
    let (past, ahead): (Vec<&Session>, Vec<&Session>) = setting
        .sessions
        .iter()
        .partition(|session| session.ends_at <= setting.now);
    let shown = if ahead.is_empty() { past } else { ahead };
    let more = shown.len().saturating_sub(MOST_DATES);
    let sessions = shown.iter().take(MOST_DATES).map(|session| SessionPart {
        title: session.title.clone(),
        when: date_line(session.starts_at, zone, words.language),
        stamp: stamp(session.starts_at, zone).replace(' ', "T"),
        doors: (session.doors_at < session.starts_at).then(|| {
            let doors = time_of_day(session.doors_at, zone);
            filled(words, "doors", "time", &doors)
        }),
        off: !session.takes_place(),
    });
    let first = shown.first();
    let own = first.and_then(|session| session.place.as_ref());
    let place = own.unwrap_or(&event.place);
    let starts_at = first.map_or(setting.now, |session| session.starts_at);
    let public = place.public_view(starts_at, setting.now);
    let line = public.line();
    EventPart {
        title: event.title.clone(),
        tagline: event.tagline.clone(),
        message: stands.invitation.message.clone(),
        sessions: sessions.collect(),
        more: (more > 0).then(|| filled(words, "more_sessions", "count", &more.to_string())),
        place_later: public != *place && place.mode != PlaceMode::Online && hides(place, &public),
        map: map_link(&public),
        place: (!line.is_empty()).then_some(line),
    }
}

/// Whether the public view leaves out where the venue is.
fn hides(place: &Place, public: &Place) -> bool {
    let address = |place: &Place| place.venue.as_ref().map(|venue| venue.address.clone());
    address(place) != address(public)
}

fn error_of(errors: &[FieldError], field: &str, words: &Words) -> Option<String> {
    let error = errors.iter().find(|error| error.field == field)?;
    Some(words.text(error_key(error.code)).to_owned())
}

fn error_key(code: &str) -> &'static str {
    match code {
        "coming_missing" => "error_coming_missing",
        "choice_unknown" => "error_choice_unknown",
        "text_too_long" => "error_text_too_long",
        "text_invalid" => "error_text_invalid",
        _ => "error_answer_missing",
    }
}

fn member_part(
    n: usize,
    member: &MemberStanding,
    stands: &Standing,
    words: &Words,
    typed: &Typed<'_>,
) -> MemberPart {
    let answers = &stands.event.settings.answers;
    let id = member.row.member.id;
    let given = typed.given.and_then(|given| {
        let found = given.members.iter().find(|(of, _, _)| *of == id);
        found.map(|(_, _, reply)| reply)
    });
    let reply = given.unwrap_or(&member.reply);
    let field = field_of(member);
    let errors = typed.errors;
    let error = |part: &str| error_of(errors, &format!("members.{n}.{part}"), words);
    let unnamed = member.row.member.guest.is_none();
    let label = match (unnamed, &member.reply.name) {
        (true, _) if member.row.name.is_empty() => stands.invitation.label.clone(),
        (true, _) => filled(words, "plus_one", "name", &member.row.name),
        (false, _) => member.row.name.clone(),
    };
    let standing_name = member.reply.name.clone().unwrap_or_default();
    let nobody_said = n == 0 && errors.iter().any(|error| error.field == "coming");
    MemberPart {
        n,
        seen: member.version.clone(),
        label,
        state: state_text(&member.reply, words),
        coming: coming_word(reply),
        came: member.came,
        nameable: member.reply.name.is_some(),
        name: given.map_or(standing_name, |given| {
            given.name.clone().unwrap_or_default()
        }),
        dietary: reply.dietary.clone(),
        questions: answers
            .questions_for(Asked::Person)
            .map(|question| {
                let error = error(&format!("answers.{}", question.id));
                question_part(
                    question,
                    &format!("m{n}"),
                    &field,
                    &reply.answers,
                    words,
                    error,
                )
            })
            .collect(),
        clash: typed
            .clash
            .contains(&id)
            .then(|| filled(words, "clash", "answer", &state_text(&member.reply, words))),
        error: error("coming")
            .or_else(|| nobody_said.then(|| words.text("error_coming_missing").to_owned())),
        name_error: error("name"),
        dietary_error: error("dietary"),
        field,
    }
}

fn coming_word(reply: &MemberReply) -> &'static str {
    match reply.coming {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

fn state_text(reply: &MemberReply, words: &Words) -> String {
    let key = match reply.coming {
        Some(true) => "coming",
        Some(false) => "not_coming",
        None => "open",
    };
    words.text(key).to_owned()
}

fn party_part(stands: &Standing, words: &Words, typed: &Typed<'_>) -> PartyPart {
    let answers = &stands.event.settings.answers;
    let party = typed.given.map_or(&stands.party, |given| &given.party);
    PartyPart {
        seen: stands.party_version.clone(),
        questions: answers
            .questions_for(Asked::Party)
            .map(|question| {
                let field = format!("party.answers.{}", question.id);
                let error = error_of(typed.errors, &field, words);
                question_part(question, "p", "p", &party.answers, words, error)
            })
            .collect(),
        asks_message: answers.message,
        message: party.message.clone(),
        message_error: error_of(typed.errors, "party.message", words),
        clash: typed
            .party_clash
            .then(|| words.text("clash_party").to_owned()),
    }
}

fn question_part(
    question: &Question,
    id: &str,
    field: &str,
    answers: &[(u16, String)],
    words: &Words,
    error: Option<String>,
) -> QuestionPart {
    let options = match question.kind {
        QuestionKind::YesNo => ["yes", "no"]
            .map(|word| Choice::new(word, words.text(word)))
            .into(),
        _ => question
            .choices
            .iter()
            .map(|choice| Choice::new(choice, choice))
            .collect(),
    };
    let said = answers.iter().find(|(of, _)| *of == question.id);
    QuestionPart {
        id: format!("{id}-q{}", question.id),
        name: format!("{field}.q{}", question.id),
        kind: question.kind,
        text: question.text.clone(),
        required: question.required,
        options,
        value: said.map(|(_, said)| said.clone()).unwrap_or_default(),
        error,
    }
}

/// Everything that is wrong, with the field that it leads to.
fn faults(members: &[MemberPart], party: &PartyPart) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |id: String, what: &str, error: &Option<String>| {
        if let Some(error) = error {
            faults.push(Fault {
                id,
                text: format!("{what} · {error}"),
            });
        }
    };
    for member in members {
        let id = |part: &str| format!("m{}-{part}", member.n);
        add(id("coming"), &member.label, &member.error);
        add(id("name"), &member.label, &member.name_error);
        add(id("dietary"), &member.label, &member.dietary_error);
        for question in &member.questions {
            let what = format!("{}, {}", member.label, question.text);
            add(question.id.clone(), &what, &question.error);
        }
    }
    for question in &party.questions {
        add(question.id.clone(), &question.text, &question.error);
    }
    if let Some(error) = &party.message_error {
        faults.push(Fault {
            id: "p-message".to_owned(),
            text: error.clone(),
        });
    }
    faults
}
