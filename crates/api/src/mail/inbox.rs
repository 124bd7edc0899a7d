//! What comes back: bounces and reports, read from the mailbox and tied to their messages.

use std::collections::HashMap;
use std::sync::Arc;

use gatehouse_domain::delivery::{Delivery, DeliveryStatus};
use gatehouse_domain::id::{DeliveryId, EventId, Route};
use gatehouse_mail::bounce::{self, Outcome, Report};
use gatehouse_mail::{Address, Verp};
use gatehouse_store::Lane;
use gatehouse_store::workspace::InboxMark;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What the key of return paths is sealed for.
const BOUNCE_PURPOSE: &str = "bounce addresses";

/// What a look into the mailbox found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, utoipa::ToSchema)]
pub struct InboxLook {
    /// Messages that were read.
    pub read: u32,
    /// Of those, reports on messages of ours.
    pub reports: u32,
    /// Of those, that say that one came back.
    pub bounced: u32,
}

impl Workspace {
    /// The key that return paths are marked with.
    pub(crate) fn bounce_key(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, Problem> {
        let sealed = self.file().secret(BOUNCE_PURPOSE, || {
            let mut secret = zeroize::Zeroizing::new([0; 32]);
            self.surroundings().entropy().fill(&mut *secret);
            self.vault().seal(BOUNCE_PURPOSE, &*secret)
        })?;
        self.vault()
            .open(BOUNCE_PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
    }

    /// Reads what came into the mailbox of bounces since the last look, and settles the messages
    /// that it tells of. `open` gives the event that an id belongs to.
    pub(crate) fn read_inbox(
        self: &Arc<Self>,
        open: impl Fn(EventId) -> Result<EventHome, Problem>,
    ) -> Result<InboxLook, Problem> {
        let way = self.mail_way()?;
        let mut look = InboxLook::default();
        if !way.settings.inbox.on {
            return Ok(look);
        }
        let verp = match way.settings.bounce_address.as_str() {
            "" => None,
            address => Some(
                Address::read(address)
                    .and_then(|address| Verp::new(&address, &self.bounce_key()?.clone()))
                    .map_err(|e| Problem::new("address_unreadable", e.to_string()))?,
            ),
        };
        let mut inbox = way.inbox()?;
        let mark = self
            .file()
            .inbox_mark()?
            .filter(|mark| mark.validity == inbox.validity());
        let mut homes: HashMap<EventId, EventHome> = HashMap::new();
        let mut after = mark.map_or(0, |mark| mark.read);
        loop {
            let arrived = inbox
                .since(after)
                .map_err(|e| Problem::new(e.code(), e.to_string()))?;
            let Some(last) = arrived.last().map(|message| message.uid) else {
                return Ok(look);
            };
            for message in &arrived {
                look.read += 1;
                let Some(report) = bounce::read(&message.raw, verp.as_ref()) else {
                    continue;
                };
                let Some(token) = report.token else { continue };
                let id = DeliveryId(token.0);
                let Some(event) = self.event_of_route(Route::of(id.0))? else {
                    continue;
                };
                let home = match homes.get(&event) {
                    Some(home) => home.clone(),
                    None => {
                        let home = open(event)?;
                        homes.insert(event, home.clone());
                        home
                    }
                };
                if let Some(bounced) = home.hear_report(id, &report)? {
                    look.reports += 1;
                    look.bounced += u32::from(bounced);
                }
            }
            inbox
                .mark_read(&arrived)
                .map_err(|e| Problem::new(e.code(), e.to_string()))?;
            // Only now: what was read and not settled is read again.
            self.file().set_inbox_mark(InboxMark {
                validity: inbox.validity(),
                read: last,
            })?;
            after = last;
        }
    }
}

impl EventHome {
    /// Settles a message by what a report says of it; none where the message is not known, else
    /// whether it came back.
    fn hear_report(&self, id: DeliveryId, report: &Report) -> Result<Option<bool>, Problem> {
        let found: Option<Delivery> = self.file().read(|view| view.delivery(id))?;
        let Some(delivery) = found else {
            return Ok(None);
        };
        let (status, code) = match report.outcome {
            Outcome::Failed => (DeliveryStatus::Bounced, reason(&report.status)),
            Outcome::Complaint => (DeliveryStatus::Delivered, "complaint"),
            Outcome::Delivered => (DeliveryStatus::Delivered, ""),
            // It is still on its way, or it arrived and its reader is away.
            Outcome::Delayed => (delivery.status, "delayed"),
            Outcome::OutOfOffice => (DeliveryStatus::Delivered, ""),
        };
        let bounced = status == DeliveryStatus::Bounced;
        // A message that came back stays so, whatever an automatic answer says after.
        if delivery.status == DeliveryStatus::Bounced && !bounced {
            return Ok(Some(false));
        }
        let at = self.now();
        let detail: String = [report.status.as_str(), report.diagnostic.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let detail: String = detail.chars().take(500).collect();
        self.file().append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.settle_delivery(id, status, code, &detail, at)?)
        })?;
        Ok(Some(bounced))
    }
}

/// Stable code of an enhanced status (RFC 3463).
fn reason(status: &str) -> &'static str {
    let mut parts = status.split('.').skip(1);
    match (parts.next(), parts.next()) {
        (Some("1"), _) => "address_unknown",
        (Some("2"), Some("2")) => "mailbox_full",
        (Some("2"), _) => "mailbox_shut",
        (Some("3"), Some("4")) => "message_too_large",
        (Some("4"), _) => "server_unreachable",
        (Some("7"), _) => "refused_by_policy",
        _ => "came_back",
    }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_status_says_why_a_message_came_back() {
        let table = [
            ("5.1.1", "address_unknown"),
            ("5.1.10", "address_unknown"),
            ("5.2.2", "mailbox_full"),
            ("4.4.1", "server_unreachable"),
            ("5.7.1", "refused_by_policy"),
            ("5.0.0", "came_back"),
            ("", "came_back"),
        ];
        for (status, expected) in table {
            assert_eq!(reason(status), expected, "{status}");
        }
    }
}
