//! What comes back: bounces and reports, read from the mailbox and tied to their messages.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus};
use gatehouse_domain::id::{DeliveryId, EventId, HostNoticeId, Route};
use gatehouse_domain::preferences::Preferences;
use gatehouse_mail::bounce::{self, Outcome, Reason, Report};
use gatehouse_mail::inbox::Position;
use gatehouse_mail::{Address, Verp};
use gatehouse_store::Lane;
use gatehouse_store::workspace::InboxMark;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What the key of return paths is sealed for.
const BOUNCE_PURPOSE: &str = "bounce addresses";

/// Messages that are read from the mailbox at a time, and bytes of each at most.
const AT_ONCE: usize = 100;
const LARGEST: u32 = 1 << 20;

/// What keeps a report from being settled only for a while: it is read again.
const PASSING: [&str; 4] = ["disk_full", "file_busy", "writer_stopped", "store_failed"];

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
        let key = self.bounce_key()?;
        let address = match way.settings.bounce_address.as_str() {
            "" => return Ok(look),
            address => Address::read(address),
        };
        let verp = address
            .and_then(|address| Verp::new(&address, &key))
            .map_err(|e| Problem::new("address_unreadable", e.to_string()))?;
        let mut inbox = way.inbox()?;
        let mut homes: HashMap<EventId, EventHome> = HashMap::new();
        let mut position = self
            .file()
            .inbox_mark()?
            .map_or_else(Position::default, |mark| Position {
                validity: mark.validity,
                uid: mark.read,
            });
        loop {
            let reading = inbox
                .read_on(position, AT_ONCE, LARGEST)
                .map_err(|e| Problem::new(e.code(), e.to_string()))?;
            let arrived = reading.arrived;
            let mut settled = Vec::new();
            for message in &arrived {
                look.read += 1;
                let Some(report) = bounce::read(&message.raw, &verp) else {
                    continue;
                };
                let Some(token) = report.token else { continue };
                settled.push(message.uid);
                let id = DeliveryId(token.0);
                let Some(event) = self.event_of_route(Route::of(id.0))? else {
                    continue;
                };
                let heard = match homes.entry(event) {
                    Entry::Occupied(known) => Ok(known.get().clone()),
                    Entry::Vacant(place) => open(event).map(|home| place.insert(home).clone()),
                }
                .and_then(|home| home.hear_report(id, &report));
                match heard {
                    Ok(Some(bounced)) => {
                        look.reports += 1;
                        look.bounced += u32::from(bounced);
                    }
                    Ok(None) => {}
                    Err(problem) if PASSING.contains(&problem.code) => return Err(problem),
                    // An event that is at home elsewhere by now, or can't be read: what comes
                    // after it is for others.
                    Err(problem) => {
                        tracing::warn!(%event, code = problem.code, "a report was left aside");
                    }
                }
            }
            // What people wrote stays unread for those who look into the mailbox.
            if !settled.is_empty() {
                inbox
                    .mark_seen(&settled)
                    .map_err(|e| Problem::new(e.code(), e.to_string()))?;
            }
            // Only now: what was read and not settled is read again.
            self.file().set_inbox_mark(InboxMark {
                validity: reading.position.validity,
                read: reading.position.uid,
            })?;
            position = reading.position;
            if !reading.is_more {
                inbox.close();
                return Ok(look);
            }
        }
    }
}

impl EventHome {
    /// As [`Self::hear_report`], of a notice to the host.
    fn hear_of_host_notice(
        &self,
        id: HostNoticeId,
        report: &Report,
    ) -> Result<Option<bool>, Problem> {
        if self.file().read(|view| view.host_notice(id))?.is_none() {
            return Ok(None);
        }
        if report.outcome != Outcome::Failed {
            return Ok(Some(false));
        }
        let (code, detail) = (reason(report.reason()), said(report));
        self.file().append(Lane::Edit, move |change| {
            let status = DeliveryStatus::Bounced;
            Ok::<_, Problem>(change.hear_of_host_notice(id, status, code, &detail)?)
        })?;
        Ok(Some(true))
    }

    /// Settles a message by what a report says of it; none where the message is not known, else
    /// whether it came back.
    fn hear_report(&self, id: DeliveryId, report: &Report) -> Result<Option<bool>, Problem> {
        let found: Option<Delivery> = self.file().read(|view| view.delivery(id))?;
        let Some(delivery) = found else {
            return self.hear_of_host_notice(HostNoticeId(id.0), report);
        };
        let (status, code) = match report.outcome {
            Outcome::Failed => (DeliveryStatus::Bounced, reason(report.reason())),
            Outcome::Complaint => (DeliveryStatus::Delivered, "complaint"),
            Outcome::Delivered => (DeliveryStatus::Delivered, ""),
            // It is still on its way, or it arrived and its reader is away.
            Outcome::Delayed => (delivery.status, "delayed"),
            Outcome::OutOfOffice => (DeliveryStatus::Delivered, ""),
        };
        if report.outcome == Outcome::Complaint && delivery.channel == Channel::Email {
            self.leave_in_peace(&delivery.recipient)?;
        }
        let bounced = status == DeliveryStatus::Bounced;
        // A message that came back stays so, whatever an automatic answer says after.
        if delivery.status == DeliveryStatus::Bounced && !bounced {
            return Ok(Some(false));
        }
        let (at, detail) = (self.now(), said(report));
        self.file().append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.settle_delivery(id, status, code, &detail, at)?)
        })?;
        Ok(Some(bounced))
    }
}

impl EventHome {
    /// Unsubscribes whoever called a message spam, as the link in it does.
    fn leave_in_peace(&self, address: &str) -> Result<(), Problem> {
        let workspace = self.workspace();
        let gone = address.is_empty() || workspace.preferences(address)?.unsubscribed_at.is_some();
        if gone {
            return Ok(());
        }
        workspace.set_preferences(address, Preferences::unsubscribed(self.now()))
    }
}

/// What a report says, in one line.
fn said(report: &Report) -> String {
    let parts = [report.status.as_str(), report.diagnostic.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ").chars().take(500).collect()
}

/// Stable code of the reason why a message came back.
const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NoSuchAddress => "address_unknown",
        Reason::MailboxFull => "mailbox_full",
        Reason::MailboxClosed => "mailbox_shut",
        Reason::TooLarge => "message_too_large",
        Reason::Unreachable => "server_unreachable",
        Reason::Unwanted => "refused_by_policy",
        Reason::Other => "came_back",
    }
}
