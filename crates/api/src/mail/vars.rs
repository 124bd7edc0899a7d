//! What a message may say of its event, its party and its codes: the variables of a wording.

use gatehouse_domain::delivery::{Delivery, MessageKind};
use gatehouse_domain::event::Event;
use gatehouse_domain::id::SessionId;
use gatehouse_domain::notice::{Notice, NoticeKind};
use gatehouse_domain::place::Place;
use gatehouse_domain::reminder::ReminderStep;
use gatehouse_domain::session::Session;
use gatehouse_mail::gallery;
use serde_json::{Value, json};

use super::compose::{Composer, MOST_CODES, carries_codes, code_cid};
use super::party::PartyFacts;
use crate::guest_links::GuestLinks;
use crate::problem::Problem;
use crate::wording;

impl Composer {
    pub(super) fn vars(
        &self,
        party: &PartyFacts,
        delivery: &Delivery,
        others: &[(Event, Session)],
    ) -> Result<Value, Problem> {
        let notice = delivery
            .notice
            .and_then(|id| self.notices.iter().find(|notice| notice.id == id));
        let reason = notice.map_or("", |notice| notice.reason.as_str());
        let mailing = delivery.mailing.and_then(|id| self.mailings.get(&id));
        let message = mailing
            .map(|mailing| mailing.message.clone())
            .filter(|message| !message.is_empty())
            .unwrap_or_else(|| party.invitation.message.clone());
        let name = party
            .members
            .first()
            .map(|row| row.name.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| party.invitation.label.clone());
        let names: Vec<&str> = party.members.iter().map(|row| row.name.as_str()).collect();
        let codes: Vec<Value> = party
            .tickets
            .iter()
            .take(MOST_CODES)
            .enumerate()
            .map(|(index, row)| {
                Ok(json!({
                    "number": format!("#{:04}", row.number),
                    "holder": row.name,
                    "type": self.faces.type_name(row.ticket_type),
                    "seat": row.seat,
                    "zone": self.faces.zone(row.ticket_type),
                    "session": Value::Null,
                    "cid": code_cid(index),
                    "text": Value::Null,
                }))
            })
            .collect::<Result<_, Problem>>()?;
        let (language, now) = (party.language.as_str(), self.home.now());
        let events: Vec<Value> = others
            .iter()
            .map(|(event, session)| {
                json!({
                    "title": event.title,
                    "date": wording::day_line(session.starts_at, event.time_zone, language),
                    "time": wording::time_of_day(session.starts_at, event.time_zone),
                    "place": open_place(event, Some(session), now).line(),
                })
            })
            .collect();
        Ok(json!({
            "event": self.event_vars(delivery.session, reason, language),
            "guest": { "name": name, "first_name": first_name(&name) },
            "party": {
                "number": party.invitation.number,
                "names": names,
                "size": party.members.len(),
            },
            "codes": if carries_codes(delivery) { codes } else { Vec::new() },
            "links": self.links_vars(party.links.as_ref(), delivery.kind),
            "brand": self.brand,
            "message": message,
            "change": {
                "what": notice.map(|notice| wording::changed(notice.kind, language)),
                "before": "",
                "after": notice.map(|notice| self.news(notice, language)),
            },
            "reminder": {
                "when": delivery.step.map(|step| wording::until(step, language)),
                "last": delivery.step == Some(ReminderStep::LastReview),
            },
            "events": events,
            "language": gallery::language_vars(language),
        }))
    }

    /// A party's own links, and the page that a message of this kind asks to be opened.
    fn links_vars(&self, links: Option<&GuestLinks>, kind: MessageKind) -> Value {
        let mut vars = links.map_or_else(|| json!({}), links_vars);
        vars["feedback"] = self.event.settings.reminders.link_for(kind).into();
        vars
    }

    /// What holds now that something changed.
    fn news(&self, notice: &Notice, language: &str) -> String {
        let session = notice
            .session
            .and_then(|id| self.sessions.iter().find(|session| session.id == id));
        match notice.kind {
            NoticeKind::SessionMoved => session.map_or_else(String::new, |session| {
                wording::date_line(session.starts_at, self.event.time_zone, language)
            }),
            NoticeKind::PlaceChanged => {
                let now = self.home.now();
                open_place(&self.event, session.or_else(|| self.next(now)), now).line()
            }
            NoticeKind::EventCancelled | NoticeKind::SessionCancelled => String::new(),
        }
    }

    /// The next session that takes place; the first where there is none any more.
    fn next(&self, now: i64) -> Option<&Session> {
        let ahead = |session: &&Session| session.takes_place() && session.ends_at > now;
        let next = self.sessions.iter().find(ahead);
        next.or_else(|| self.sessions.first())
    }

    pub(super) fn event_vars(
        &self,
        session: Option<SessionId>,
        reason: &str,
        language: &str,
    ) -> Value {
        let event = &self.event;
        let now = self.home.now();
        let chosen = session
            .and_then(|id| self.sessions.iter().find(|s| s.id == id))
            .or_else(|| self.next(now));
        let place = open_place(event, chosen, now);
        let (date, time) = chosen.map_or_else(Default::default, |session| {
            (
                wording::day_line(session.starts_at, event.time_zone, language),
                wording::time_of_day(session.starts_at, event.time_zone),
            )
        });
        json!({
            "title": event.title,
            "tagline": event.tagline,
            "date": date,
            "time": time,
            "place": place.line(),
            "map_url": wording::map_link(&place),
            "organizer": self.brand["organizer"],
            "kind": event.kind.word(),
            "reason": reason,
        })
    }
}

/// Where a session is, as everybody may read it at `now`: a letter is passed on and kept.
fn open_place(event: &Event, session: Option<&Session>, now: i64) -> Place {
    let own = session.and_then(|session| session.place.as_ref());
    let starts_at = session.map_or(now, |session| session.starts_at);
    own.unwrap_or(&event.place).public_view(starts_at, now)
}

/// Puts the organizer's own words, unless they are blank, into what a message is filled in with.
pub(super) fn say_message(vars: &mut Value, message: &str) {
    let message = message.trim();
    if !message.is_empty() {
        vars["message"] = message.into();
    }
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

fn links_vars(links: &GuestLinks) -> Value {
    json!({
        "page": links.page,
        "download": links.download,
        "calendar": links.calendar,
        "yes": links.yes,
        "no": links.no,
        "still": links.still,
        "preferences": links.preferences,
        "unsubscribe": links.unsubscribe,
        "meeting": Value::Null,
    })
}
