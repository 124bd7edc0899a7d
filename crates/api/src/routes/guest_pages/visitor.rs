//! Who comes to guests' pages: from where, with what, in which language; and whom they find.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use gatehouse_domain::id::{EventId, InvitationId};
use gatehouse_store::Lane;
use gatehouse_store::event::LookKind;

use super::limits::Limits;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::routes::door::Door;
use crate::routes::guard::GuestHost;

/// Codes whose place is remembered.
const MOST_CODES: usize = 20_000;
/// A look counts once in this time, in milliseconds.
const LOOK_EVERY_MS: i64 = 60_000;
/// The longest code, in characters.
const LONGEST_CODE: usize = 20;
/// What is kept of a browser's name for itself, in characters.
const LONGEST_AGENT: usize = 300;

/// What guests' pages keep in memory.
#[derive(Debug, Default)]
pub(in crate::routes) struct GuestDesk {
    pub(super) limits: Limits,
    codes: Mutex<HashMap<String, (EventId, InvitationId)>>,
    looked: Mutex<HashMap<(InvitationId, LookKind), i64>>,
    /// The name under which guests come.
    pub(in crate::routes) host: GuestHost,
}

/// Somebody without an account.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) address: IpAddr,
    pub(super) agent: String,
    /// The language that they chose on the page.
    pub(super) chosen: Option<String>,
    /// Whether they want the headers alone.
    pub(super) head: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| {
                peer.ip()
            });
        // Only a proxy on this machine is believed about whom it speaks for; the last entry is its
        // own.
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|last| last.trim().parse().ok())
            .filter(|_| peer.is_loopback());
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default();
        let chosen = parts.uri.query().and_then(|query| {
            query
                .split('&')
                .find_map(|part| part.strip_prefix("lang="))
                .filter(|tag| (2..=35).contains(&tag.len()))
                .map(str::to_owned)
        });
        Ok(Self {
            address: forwarded.unwrap_or(peer),
            agent: agent
                .chars()
                .filter(|c| !c.is_control())
                .take(LONGEST_AGENT)
                .collect(),
            chosen,
            head: parts.method == axum::http::Method::HEAD,
        })
    }
}

/// A code as it is kept: capital letters, with those that are mistaken for digits as digits.
pub(super) fn clean_code(given: &str) -> Option<String> {
    let code: String = given
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let good = !code.is_empty()
        && code.len() <= LONGEST_CODE
        && code.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then_some(code)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Door {
    /// The invitation with this code, in whichever event has it.
    ///
    /// Where nothing is remembered every event is asked, also after one was found, so that the time
    /// says nothing about where, or whether, a code is known.
    pub(super) fn invitation_with(
        &self,
        code: &str,
    ) -> Result<Option<(EventHome, InvitationId)>, Problem> {
        let ask = |home: &EventHome| {
            let found = home.file().read(|view| view.invitation_by_code(code));
            found.map(|found| found.map(|invitation| invitation.id))
        };
        let kept = lock(&self.guests.codes).get(code).copied();
        if let Some((event, id)) = kept {
            let home = self.event(event)?;
            if ask(&home)? == Some(id) {
                return Ok(Some((home, id)));
            }
            lock(&self.guests.codes).remove(code);
        }
        let mut found = None;
        for event in self.workspace.events()? {
            if event.handed_over_at.is_some() {
                continue;
            }
            // Guests of the others find their page all the same.
            let asked = self.event(event.id).and_then(|home| {
                let id = ask(&home)?;
                Ok(id.map(|id| (home, id)))
            });
            match asked {
                Ok(Some(known)) => {
                    found.get_or_insert(known);
                }
                Ok(None) => {}
                Err(problem) => {
                    tracing::warn!(event = %event.id, code = problem.code, "an event can't be asked");
                }
            }
        }
        Ok(found)
    }

    /// Remembers where a good code leads.
    pub(super) fn remember_code(&self, code: &str, event: EventId, id: InvitationId) {
        let mut codes = lock(&self.guests.codes);
        if codes.len() >= MOST_CODES {
            codes.clear();
        }
        codes.insert(code.to_owned(), (event, id));
    }

    /// Notes a look once a minute, while whoever looks reads already.
    pub(super) fn note_look(&self, home: &EventHome, id: InvitationId, kind: LookKind) {
        let now = self.workspace.surroundings().now();
        {
            let mut looked = lock(&self.guests.looked);
            let before = looked.get(&(id, kind)).copied();
            if before.is_some_and(|at| (at..at + LOOK_EVERY_MS).contains(&now)) {
                return;
            }
            if looked.len() >= MOST_CODES {
                looked.clear();
            }
            looked.insert((id, kind), now);
        }
        let file = home.file().clone();
        tokio::task::spawn_blocking(move || {
            let noted = file.append(Lane::Bulk, move |change| change.note_look(id, kind, now));
            if let Err(error) = noted {
                tracing::warn!(invitation = %id, code = error.code(), "a look was not noted");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::clean_code;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for (given, kept) in [
            ("0123456789", Some("0123456789")),
            ("ab-cd ef", Some("ABCDEF")),
            ("OIL", Some("011")),
            ("", None),
            ("--", None),
            ("a/b", None),
            ("é123", None),
            ("'; drop", None),
            ("AAAAAAAAAAAAAAAAAAAAA", None),
        ] {
            assert_eq!(clean_code(given).as_deref(), kept, "{given}");
        }
    }
}
