//! Answers of guests: what stands, what takes its place, and what the organizer asks.

use gatehouse_domain::answer::{
    AnswerSettings, Asked, Checked, Closed, MISSING, MemberReply, PartyReply, Reply, Settled,
    check, settle,
};
use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, InvitationId, MemberId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::invitation::{Invitation, MemberStatus};
use gatehouse_store::event::{AnsweredBy, Change, MemberRow, Turnout, View};
use gatehouse_store::{Lane, StoreError};

use crate::guest_links::{ends_at, has_good_ticket};
use crate::home::{Actor, EventHome};
use crate::parties::invitation_unknown;
use crate::problem::Problem;
use crate::version::{check_seen, version_of};

/// What an invitation's guests have answered.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The invitation.
    pub invitation: Invitation,
    /// The event as it is now.
    pub event: Event,
    /// Its members, in their order.
    pub members: Vec<MemberStanding>,
    /// What the party answered as a whole.
    pub party: PartyReply,
    /// The version of that.
    pub party_version: String,
    /// Why no answer is taken; none while one is.
    pub closed: Option<Closed>,
    /// Whether those who are expected may still confirm that they come, or that they can't any
    /// more, where no other answer is taken.
    pub confirms: bool,
}

impl Standing {
    /// Whether a confirmation alone is taken now.
    fn confirms_alone(&self) -> bool {
        matches!(self.closed, Some(Closed::Deadline(_))) && self.confirms
    }

    /// Whether members are asked now if they still come.
    #[must_use]
    pub fn asks_still(&self) -> bool {
        self.closed.is_none() || self.confirms_alone()
    }
}

/// What one member has answered.
#[derive(Debug, Clone)]
pub struct MemberStanding {
    /// The member.
    pub row: MemberRow,
    /// Their answer.
    pub reply: MemberReply,
    /// Its version: equal answers have equal ones.
    pub version: String,
    /// When they answered last, UTC ms.
    pub answered_at: Option<i64>,
    /// Whether they are there already, so that no answer changes anything.
    pub came: bool,
}

impl MemberStanding {
    /// Whether they are counted upon: they said yes, or said nothing and hold a ticket. Whoever
    /// said no, or is there, is not asked again.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        let coming = self.reply.coming;
        !self.came && coming.unwrap_or_else(|| has_good_ticket(&self.row))
    }
}

/// What somebody gives, with the versions that they saw.
#[derive(Debug, Clone, Default)]
pub struct GivenReply {
    /// Of each member whom the form names: the version seen, and the answer.
    pub members: Vec<(MemberId, String, MemberReply)>,
    /// The version of the party's answer that was seen.
    pub party_seen: String,
    /// The party's answer.
    pub party: PartyReply,
    /// Whether they were asked if they still come, so that the same answer counts as a new one.
    pub confirms: bool,
}

/// Why an answer was not taken; nothing was written.
#[derive(Debug)]
pub enum ReplyRefused {
    /// It is too late.
    Closed(Closed),
    /// Something is wrong with it; fields are named as by the domain, by place in the party.
    Invalid(Vec<FieldError>),
    /// Somebody answered differently meanwhile: for which members, and whether for the party.
    Clash {
        /// Those members.
        members: Vec<MemberId>,
        /// Whether the party's own answer is another too.
        party: bool,
    },
    /// Something went wrong here.
    Failed(Problem),
}

impl From<StoreError> for ReplyRefused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Problem> for ReplyRefused {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Who answers, for the audit: guests have no account.
pub(crate) const GUEST: &str = "guest";

impl EventHome {
    /// What the guests of an invitation have answered.
    pub fn standing(&self, id: InvitationId) -> Result<Standing, Problem> {
        let now = self.now();
        self.file().read(|view| read_standing(view, id, now))
    }

    /// Takes an answer, whole or not at all: refused when it is too late, when something is
    /// missing, and when it would overwrite what its giver never saw. What the form left as it was
    /// seen overwrites nothing. Says whether anything was new.
    pub fn reply(&self, id: InvitationId, given: GivenReply) -> Result<bool, ReplyRefused> {
        let now = self.now();
        let wanted = self.file().read(|view| {
            let stands = read_standing(view, id, now)?;
            decide(&stands, &given)
        })?;
        if wanted.is_empty() {
            return Ok(false);
        }
        let home = self.acting(Actor {
            name: GUEST.to_owned(),
            machine: String::new(),
        });
        let mut mint = self.mint();
        let meta = home.edit_meta(&mut mint, "answer invitation", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let stands = read_standing(change, id, now)?;
            let wanted = decide(&stands, &given)?;
            for (at, reply) in &wanted.members {
                let guest = GuestId(mint.mint(now));
                write_member(change, &stands.members[*at], reply, guest, now)?;
            }
            if let Some(party) = &wanted.party {
                change.set_party_answer(id, party, now)?;
            }
            Ok::<_, ReplyRefused>(())
        })?;
        Ok(true)
    }

    /// What the event asks its guests, and the version of the event that says so.
    pub fn answer_settings(&self) -> Result<(AnswerSettings, String), Problem> {
        let event = self.file().read(|view| view.event())?;
        let version = version_of(&event)?;
        Ok((event.settings.answers, version))
    }

    /// Changes what the event asks its guests; names everything that is wrong at once, and writes
    /// nothing then. Answers to a question that is removed stay, and are shown no more.
    pub fn change_answer_settings(&self, wanted: AnswerSettings) -> Result<(), Problem> {
        let seen = self.seen();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change questions", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let mut event = change.event()?;
            check_seen(seen.as_deref(), &event)?;
            let mut errors = Vec::new();
            wanted.check(&mut errors);
            FieldErrors::check(errors)?;
            event.settings.answers = wanted;
            change.update_event(&event)?;
            Ok::<_, Problem>(())
        })
    }

    /// How many people said what.
    pub fn turnout(&self) -> Result<Turnout, Problem> {
        Ok(self.file().read(|view| view.turnout())?)
    }
}

/// What is to be written of an answer.
#[derive(Debug, Default)]
struct Wanted {
    /// Places in the party, with what each answers.
    members: Vec<(usize, MemberReply)>,
    party: Option<PartyReply>,
}

impl Wanted {
    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.party.is_none()
    }
}

pub(crate) fn read_standing(
    view: &View<'_>,
    id: InvitationId,
    now: i64,
) -> Result<Standing, Problem> {
    let invitation = view.invitation(id)?.ok_or_else(invitation_unknown)?;
    let event = view.event()?;
    let settings = &event.settings.answers;
    let mut said = view.member_answers(id)?;
    let brought = view.plus_ones(id)?;
    let members = view
        .member_rows(id)?
        .into_iter()
        .map(|row| {
            let said = said.remove(&row.member.id);
            let nameable = settings.name_plus_ones && brought.contains(&row.member.id);
            let named = row.member.guest.is_some();
            let reply = MemberReply {
                coming: coming(row.member.status),
                name: nameable.then(|| {
                    if named {
                        row.name.clone()
                    } else {
                        String::new()
                    }
                }),
                ..shown(settings, said.as_ref())
            };
            Ok(MemberStanding {
                version: version_of(&reply)?,
                answered_at: row.member.responded_at,
                came: row
                    .ticket
                    .is_some_and(|ticket| ticket.checked_in_at.is_some()),
                reply,
                row,
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let kept = view.party_answer(id)?.map(|(reply, _)| reply);
    let kept = kept.unwrap_or_default();
    let party = PartyReply {
        answers: asked_still(settings, Asked::Party, &kept.answers),
        message: kept.message,
    };
    let cancelled = event.status == EventStatus::Cancelled;
    let closed = settings.closed(cancelled, ends_at(view)?, now);
    Ok(Standing {
        confirms: AnswerSettings::confirms(cancelled, last_begins_at(view)?, now),
        party_version: version_of(&party)?,
        invitation,
        members,
        party,
        closed,
        event,
    })
}

/// When the last session that takes place begins, UTC ms.
fn last_begins_at(view: &View<'_>) -> Result<i64, Problem> {
    let sessions = view.sessions()?;
    let ahead = sessions.iter().filter(|session| session.takes_place());
    Ok(ahead.map(|session| session.starts_at).max().unwrap_or(0))
}

fn coming(status: MemberStatus) -> Option<bool> {
    match status {
        MemberStatus::Pending => None,
        MemberStatus::Accepted | MemberStatus::Attended | MemberStatus::NoShow => Some(true),
        MemberStatus::Declined => Some(false),
    }
}

/// What was said of what is still asked.
fn shown(settings: &AnswerSettings, said: Option<&AnsweredBy>) -> MemberReply {
    said.map_or_else(MemberReply::default, |said| MemberReply {
        dietary: match settings.dietary {
            true => said.dietary.clone(),
            false => String::new(),
        },
        answers: asked_still(settings, Asked::Person, &said.answers),
        ..MemberReply::default()
    })
}

/// Answers to questions that are still asked, in the questions' order.
pub(crate) fn asked_still(
    settings: &AnswerSettings,
    asked: Asked,
    answers: &[(u16, String)],
) -> Vec<(u16, String)> {
    settings
        .questions_for(asked)
        .filter_map(|question| answers.iter().find(|(id, _)| *id == question.id))
        .cloned()
        .collect()
}

fn decide(stands: &Standing, given: &GivenReply) -> Result<Wanted, ReplyRefused> {
    let late = given.confirms && stands.confirms_alone();
    if let Some(closed) = stands.closed.filter(|_| !late) {
        return Err(ReplyRefused::Closed(closed));
    }
    // Of each member in turn, what the form says, or what stands where it says nothing.
    let mut seen: Vec<Option<&str>> = Vec::with_capacity(stands.members.len());
    let members = stands.members.iter().map(|member| {
        let found = given
            .members
            .iter()
            .find(|(id, _, _)| *id == member.row.member.id)
            .filter(|_| !member.came && (!late || member.is_expected()));
        let Some((_, version, reply)) = found else {
            seen.push(None);
            return member.reply.clone();
        };
        seen.push(Some(version.as_str()));
        if late {
            let coming = reply.coming.or(member.reply.coming);
            return MemberReply {
                coming,
                ..member.reply.clone()
            };
        }
        let before = member.reply.name.as_deref();
        let name = reply.name.as_deref().map(str::trim).unwrap_or_default();
        MemberReply {
            coming: reply.coming.or(member.reply.coming),
            // Whoever has a name keeps one, and who was invited by name keeps theirs.
            name: before.map(|before| if name.is_empty() { before } else { name }.to_owned()),
            ..reply.clone()
        }
    });
    let members = members.collect();
    let (party_seen, party) = match late {
        true => (stands.party_version.as_str(), &stands.party),
        false => (given.party_seen.as_str(), &given.party),
    };
    let full = Reply {
        members,
        party: party.clone(),
    };
    let Checked { reply, mut errors } = check(&stands.event.settings.answers, &full);
    let mut wanted = Wanted::default();
    let mut clash = Vec::new();
    let mut touched = vec![false; stands.members.len()];
    for (at, member) in stands.members.iter().enumerate() {
        let Some(seen) = seen[at] else { continue };
        let said = &reply.members[at];
        match settle(seen, &version_of(said)?, &member.version) {
            Settled::Stays if !(given.confirms && said.coming == Some(true)) => {}
            Settled::Stays | Settled::Taken => {
                touched[at] = true;
                wanted.members.push((at, said.clone()));
            }
            Settled::Clashes => {
                touched[at] = true;
                clash.push(member.row.member.id);
            }
        }
    }
    let party = settle(
        party_seen,
        &version_of(&reply.party)?,
        &stands.party_version,
    );
    if party == Settled::Taken {
        wanted.party = Some(reply.party.clone());
    }
    // Whoever answers for one need not make up for what others left open.
    let anybody = (touched.iter().zip(&reply.members))
        .any(|(touched, member)| *touched && member.coming == Some(true));
    errors.retain(|error| {
        error.code != MISSING
            // Who is asked whether they still come is asked nothing else.
            || !given.confirms && match error.field.strip_prefix("members.") {
                Some(rest) => rest
                    .split('.')
                    .next()
                    .and_then(|at| at.parse::<usize>().ok())
                    .and_then(|at| touched.get(at).copied())
                    .unwrap_or(true),
                None => anybody || party != Settled::Stays,
            }
    });
    if !errors.is_empty() {
        return Err(ReplyRefused::Invalid(errors));
    }
    if !clash.is_empty() || party == Settled::Clashes {
        return Err(ReplyRefused::Clash {
            members: clash,
            party: party == Settled::Clashes,
        });
    }
    let silent = reply.members.iter().all(|member| member.coming.is_none());
    if silent && wanted.is_empty() {
        return Err(ReplyRefused::Invalid(vec![FieldError::new(
            "coming",
            "coming_missing",
            "say yes or no",
        )]));
    }
    Ok(wanted)
}

fn write_member(
    change: &Change<'_>,
    stands: &MemberStanding,
    reply: &MemberReply,
    new_guest: GuestId,
    now: i64,
) -> Result<(), Problem> {
    let mut member = stands.row.member.clone();
    if let Some(name) = reply.name.as_deref()
        && stands.reply.name.as_deref() != Some(name)
    {
        member.guest = Some(name_guest(change, stands, name, new_guest, now)?);
    }
    member.status = match reply.coming {
        None => MemberStatus::Pending,
        Some(true) => MemberStatus::Accepted,
        Some(false) => MemberStatus::Declined,
    };
    member.responded_at = reply.coming.is_some().then_some(now);
    change.update_member(&member)?;
    let answered = AnsweredBy {
        dietary: reply.dietary.clone(),
        answers: reply.answers.clone(),
        at: now,
    };
    change.set_member_answer(member.id, &answered)?;
    Ok(())
}

/// Puts the name of one who is brought along on the list, beside their host.
fn name_guest(
    change: &Change<'_>,
    stands: &MemberStanding,
    name: &str,
    new: GuestId,
    now: i64,
) -> Result<GuestId, Problem> {
    let types = change.ticket_types()?;
    let type_of = |values: &GuestValues| {
        let kind = types.iter().find(|kind| kind.name == *values.ticket_type);
        kind.map(|kind| kind.id)
    };
    if let Some(id) = stands.row.member.guest {
        if let Some(mut guest) = change.guest(id)? {
            guest.values.name = name.into();
            change.update_guest(&guest, type_of(&guest.values), now)?;
        }
        return Ok(id);
    }
    let host = change
        .host_of(stands.row.member.id)?
        .map(|id| change.guest(id))
        .transpose()?
        .flatten();
    let like = host.map(|host| host.values).unwrap_or_default();
    let guest = Guest {
        id: new,
        values: GuestValues {
            name: name.into(),
            company: like.company,
            group: like.group,
            language: like.language,
            ticket_type: like.ticket_type,
            ..GuestValues::default()
        },
        line: None,
    };
    change.insert_guest(&guest, type_of(&guest.values), None, now)?;
    Ok(new)
}
