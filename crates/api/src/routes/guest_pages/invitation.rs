//! An invitation's page: what it shows, what is answered on it, and the pages that ask once more.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::id::TicketId;
use gatehouse_domain::place::LinkWindow;
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::AttendanceMode;
use gatehouse_store::event::{LookKind, View};
use minijinja::Value;
use serde_json::json;

use super::form::{Fields, Sent};
use super::limits::Counted;
use super::page::{
    Cover, Notice, Setting, Typed, closed_text, confirm_page, filled, invitation_page,
};
use super::visitor::Visitor;
use super::words::{Words, words_for};
use super::{Answered, Opened, Turned, answer_visitor, show as show_page};
use crate::answers::{ReplyRefused, Standing, read_standing};
use crate::guest_links::has_good_ticket;
use crate::problem::Problem;
use crate::routes::door::{At, Door};
use crate::routes::live::Tag;
use crate::wording::date_line;

/// An invitation with everything that its page shows, read at one moment.
struct Read {
    stands: Standing,
    sessions: Vec<Session>,
    cover: Option<Cover>,
    /// A ticket of theirs for taking part online.
    online: Option<TicketId>,
    /// The language of the first guest who has one.
    language: Option<String>,
    now: i64,
}

impl Read {
    fn of(opened: &Opened) -> Result<Self, Problem> {
        let now = opened.home.now();
        opened.home.file().read(|view| {
            let stands = read_standing(view, opened.id, now)?;
            let cover = view.photos()?.into_iter().next().map(|photo| Cover {
                caption: photo.caption,
                version: photo.id.to_string(),
            });
            let guest = stands.members.iter().find_map(|m| m.row.member.guest);
            let guest = guest.map(|id| view.guest(id)).transpose()?.flatten();
            Ok(Self {
                sessions: view.sessions()?,
                online: online_ticket(view, &stands)?,
                language: guest
                    .map(|guest| guest.values.language.to_string())
                    .filter(|language| !language.is_empty()),
                stands,
                cover,
                now,
            })
        })
    }

    /// In which language: as they chose, as the guest list says of them, as the event does.
    fn words(&self, visitor: &Visitor) -> &'static Words {
        let own = [
            visitor.chosen.as_deref(),
            self.language.as_deref(),
            Some(self.stands.event.language.as_str()),
        ];
        let known: Vec<&str> = own.into_iter().flatten().collect();
        words_for(&known)
    }

    fn shares_tickets(&self) -> bool {
        self.stands.event.settings.answers.share_tickets
            && self.stands.members.iter().any(|m| has_good_ticket(&m.row))
    }
}

/// The first good ticket of the party that is for taking part online.
fn online_ticket(view: &View<'_>, stands: &Standing) -> Result<Option<TicketId>, Problem> {
    let types = view.ticket_types()?;
    for member in &stands.members {
        let Some(brief) = member.row.ticket else {
            continue;
        };
        let online = view.ticket(brief.id)?.is_some_and(|ticket| {
            let kind = types.iter().find(|kind| kind.id == ticket.ticket_type);
            ticket.status == TicketStatus::Active
                && kind.is_some_and(|kind| kind.attendance == AttendanceMode::Online)
        });
        if online {
            return Ok(Some(brief.id));
        }
    }
    Ok(None)
}

/// The invitation's page with what else is to be said.
fn page(
    door: &Door,
    visitor: &Visitor,
    opened: &Opened,
    read: &Read,
    typed: &Typed<'_>,
    notice: Option<Notice>,
) -> Answered {
    let words = read.words(visitor);
    let setting = setting(opened, read, words)?;
    let shown = invitation_page(&read.stands, &setting, typed, notice);
    put_together(door, "invitation.html", words, opened, read, shown)
}

fn setting<'a>(opened: &Opened, read: &'a Read, words: &'a Words) -> Result<Setting<'a>, Problem> {
    let download = read
        .shares_tickets()
        .then(|| opened.home.download_link(opened.id))
        .transpose()?;
    Ok(Setting {
        words,
        sessions: &read.sessions,
        page: format!("/i/{}", opened.code),
        cover: read.cover.as_ref().map(|cover| Cover {
            caption: cover.caption.clone(),
            version: cover.version.clone(),
        }),
        download: download.map(|link| format!("/d/{link}")),
        meeting: read.online.is_some(),
        now: read.now,
    })
}

fn put_together(
    door: &Door,
    template: &str,
    words: &Words,
    opened: &Opened,
    read: &Read,
    shown: Value,
) -> Answered {
    let shown = minijinja::context! {
        here => format!("/i/{}", opened.code),
        ..shown
    };
    let organizer = &read.stands.event.organizer;
    Ok(show_page(door, template, words, organizer, shown)?.into_response())
}

/// The page.
pub(super) async fn show(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
    uri: axum::http::Uri,
) -> Response {
    let done = uri
        .query()
        .is_some_and(|query| query.split('&').any(|part| part == "done=1"));
    answer_visitor(door, visitor, move |door, visitor| {
        let opened = door.open_invitation(&code, Counted::Look)?;
        let read = Read::of(&opened)?;
        let words = read.words(visitor);
        let notice = done.then(|| Notice {
            kind: "good",
            title: words.text("thanks_title").to_owned(),
            text: words.text("thanks_text").to_owned(),
            ..Notice::default()
        });
        let response = page(door, visitor, &opened, &read, &Typed::default(), notice)?;
        if !visitor.head {
            door.note_look(&opened.home, opened.id, LookKind::Page);
        }
        Ok(response)
    })
    .await
}

/// Takes an answer, and leads back to the page, so that loading it again sends nothing twice.
pub(super) async fn answer(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
    sent: Sent,
) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let opened = door.open_invitation(&code, Counted::Answer)?;
        let fields = Fields::of(sent)?;
        let read = Read::of(&opened)?;
        let words = read.words(visitor);
        let given = fields.reply(&read.stands);
        match opened.home.reply(opened.id, given.clone()) {
            Ok(new) => {
                if new {
                    tell(door, &opened);
                }
                let chosen = visitor.chosen.as_deref().filter(|tag| is_tag(tag));
                let lang = chosen.map_or_else(String::new, |tag| format!("&lang={tag}"));
                let place = format!("/i/{}?done=1{lang}#notice", opened.code);
                Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response())
            }
            Err(refused) => {
                let read = Read::of(&opened)?;
                refuse(door, visitor, &opened, &read, words, &given, &refused)
            }
        }
    })
    .await
}

fn is_tag(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The page again, with everything that was typed and why it was not taken.
fn refuse(
    door: &Door,
    visitor: &Visitor,
    opened: &Opened,
    read: &Read,
    words: &Words,
    given: &crate::answers::GivenReply,
    refused: &ReplyRefused,
) -> Answered {
    let notice = |kind, title: &str, text: String| Notice {
        kind,
        title: words.text(title).to_owned(),
        text,
        ..Notice::default()
    };
    let said = |key: &str| words.text(key).to_owned();
    let (status, typed, notice) = match refused {
        ReplyRefused::Failed(problem) => return Err(problem.clone().into()),
        ReplyRefused::Closed(closed) => (
            StatusCode::FORBIDDEN,
            Typed::default(),
            notice(
                "bad",
                "closed_title",
                closed_text(*closed, &read.stands.event, words),
            ),
        ),
        ReplyRefused::Invalid(errors) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Typed {
                given: Some(given),
                errors,
                ..Typed::default()
            },
            notice("bad", "faults_title", said("faults_text")),
        ),
        ReplyRefused::Clash { members, party } => (
            StatusCode::CONFLICT,
            Typed {
                given: Some(given),
                clash: members,
                party_clash: *party,
                ..Typed::default()
            },
            notice("look", "clash_title", said("clash_text")),
        ),
    };
    let mut response = page(door, visitor, opened, read, &typed, Some(notice))?;
    *response.status_mut() = status;
    Ok(response)
}

/// Tells the live channels that somebody answered.
fn tell(door: &Door, opened: &Opened) {
    let event = opened.home.id();
    let message = json!({
        "action": "guest_answered",
        "event_id": event,
        "invitation_id": opened.id,
        "invitation_guest_id": null,
    });
    for channel in [
        format!("events/{event}/invitations"),
        format!("invitations/{}", opened.id),
    ] {
        door.live
            .announce(event, &[Tag::Guests], &channel, message.clone());
    }
}

/// Which question is asked once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Once {
    Yes,
    No,
    Still,
}

/// Asks with one button, because programs that look through mail open links too.
async fn ask_once(
    door: std::sync::Arc<Door>,
    visitor: Visitor,
    code: String,
    once: Once,
) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let opened = door.open_invitation(&code, Counted::Look)?;
        let read = Read::of(&opened)?;
        let words = read.words(visitor);
        let (heading, buttons): (&str, &[(&str, &str)]) = match once {
            Once::Yes => ("confirm_yes", &[("yes", "confirm_yes_button")]),
            Once::No => ("confirm_no", &[("no", "confirm_no_button")]),
            Once::Still => (
                "confirm_still",
                &[("yes", "confirm_yes_button"), ("no", "confirm_no_button")],
            ),
        };
        let still = once == Once::Still;
        let who = |member: &crate::answers::MemberStanding| !still || member.is_expected();
        let taken = match still {
            true => read.stands.asks_still(),
            false => read.stands.closed.is_none(),
        };
        let nobody = !read.stands.members.iter().any(|m| !m.came && who(m));
        if !taken || nobody {
            return page(door, visitor, &opened, &read, &Typed::default(), None);
        }
        let setting = setting(&opened, &read, words)?;
        let shown = confirm_page(&read.stands, &setting, heading, buttons, still, who);
        put_together(door, "confirm.html", words, &opened, &read, shown)
    })
    .await
}

/// Asks whether everybody comes.
pub(super) async fn ask_yes(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    ask_once(door, visitor, code, Once::Yes).await
}

/// Asks whether nobody comes.
pub(super) async fn ask_no(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    ask_once(door, visitor, code, Once::No).await
}

/// Asks those who are expected whether they still come.
pub(super) async fn ask_still(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    ask_once(door, visitor, code, Once::Still).await
}

/// Shows the meeting's link to the holder of a ticket, in its time alone; each look is kept.
pub(super) async fn meeting(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let opened = door.open_invitation(&code, Counted::Answer)?;
        let read = Read::of(&opened)?;
        let words = read.words(visitor);
        let zone = read.stands.event.time_zone;
        let looked = read
            .online
            .map(|ticket| opened.home.look_at_meeting(ticket, None))
            .transpose();
        let (text, link) = match looked {
            Ok(Some(view)) => match view.window {
                LinkWindow::Now => (
                    words.text("meeting_now").to_owned(),
                    view.meeting.map(|meeting| meeting.link),
                ),
                LinkWindow::From { at } => {
                    let when = date_line(at, zone, words.language);
                    (filled(words, "meeting_from", "when", &when), None)
                }
                LinkWindow::Since { .. } => (words.text("meeting_over").to_owned(), None),
            },
            Ok(None) => (words.text("meeting_none").to_owned(), None),
            Err(problem) if problem.code == "meeting_not_for_this_ticket" => {
                (words.text("meeting_none").to_owned(), None)
            }
            Err(problem) => return Err(Turned::from(problem)),
        };
        let notice = Notice {
            kind: "good",
            title: words.text("meeting_title").to_owned(),
            text,
            // What an organizer typed leads to a meeting, never to a script.
            link: link.filter(|link| link.starts_with("https://")),
            ..Notice::default()
        };
        page(
            door,
            visitor,
            &opened,
            &read,
            &Typed::default(),
            Some(notice),
        )
    })
    .await
}
