//! What a gate knows of its event apart from the tickets.

use std::collections::HashMap;

use gatehouse_credential::directory::KeyCertificate;
use gatehouse_credential::key::PublicKey;
use gatehouse_credential::verify::{KeyEntry, Verifier};
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::entry_rule::EntryRules;
use gatehouse_domain::event::{Event, EventStatus, Zone};
use gatehouse_domain::id::{DeviceId, SessionId, TicketTypeId, ZoneId};
use gatehouse_domain::passage::last_emptied;
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_domain::validity::Schedule;
use gatehouse_store::event::View;
use serde::{Deserialize, Serialize};

use crate::home::EventHome;
use crate::problem::Problem;

/// What a home tells its gates of an event apart from the tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RosterHead {
    /// The newest edit that it tells of; a later one makes it stale.
    pub as_of: i64,
    /// The event.
    pub event: Event,
    /// Its sessions.
    pub sessions: Vec<Session>,
    /// Its ticket types.
    pub types: Vec<TicketType>,
    /// Its zones.
    pub zones: Vec<Zone>,
    /// Certificates of the workspace's signing keys, as the root signed them.
    pub certificates: Vec<String>,
    /// The workspace root's public key, SubjectPublicKeyInfo DER.
    pub root: Vec<u8>,
    /// Argon2id of the supervisor's PIN.
    pub pin: Option<String>,
    /// Addresses at which gates ask this home; a home that moved is found by them.
    #[serde(default)]
    pub offices: Vec<String>,
}

/// A roster as a gate uses it.
#[derive(Debug)]
pub(super) struct Roster {
    pub(super) as_of: i64,
    pub(super) verifier: Verifier,
    pub(super) event: Event,
    pub(super) sessions: Vec<Session>,
    pub(super) types: HashMap<TicketTypeId, TicketType>,
    pub(super) zones: Vec<Zone>,
    pub(super) rules: EntryRules,
    pub(super) pin: Option<String>,
    pub(super) device_allowed: bool,
}

impl RosterHead {
    /// What an event's home tells now.
    pub(crate) fn of_home(home: &EventHome, view: &View<'_>) -> Result<Self, Problem> {
        let known = home.workspace().file().key_certificates()?;
        let own = view.signing_keys()?.into_iter().map(|key| key.certificate);
        Ok(Self {
            as_of: view.last_edit()?,
            event: event_for_gates(view)?,
            sessions: view.sessions()?,
            types: view.ticket_types()?,
            zones: view.zones()?,
            certificates: known.into_iter().chain(own).collect(),
            root: home.workspace().root_public()?.spki_der().to_vec(),
            pin: view.door_pin()?,
            offices: home.mesh_slot().offices(),
        })
    }

    /// A verifier with the keys that the root certified.
    pub(crate) fn verifier(&self) -> Result<Verifier, Problem> {
        let failed = |e: String| Problem::new("key_failed", e);
        let root = PublicKey::from_spki_der(&self.root).map_err(|e| failed(e.to_string()))?;
        let mut entries = Vec::with_capacity(self.certificates.len());
        for text in &self.certificates {
            let certificate: KeyCertificate =
                serde_json::from_str(text).map_err(|e| failed(e.to_string()))?;
            let key = certificate
                .verify(&root)
                .map_err(|e| failed(e.to_string()))?;
            if certificate.event == self.event.id && certificate.home_epoch > self.event.home_epoch
            {
                return Err(Problem::new(
                    "home_superseded",
                    "this event was taken over by a newer home; nothing was decided here. Fetch \
                     the event's file from there",
                ));
            }
            entries.push(KeyEntry {
                key,
                event: certificate.event,
                status: certificate.status,
            });
        }
        Ok(Verifier::new(self.event.id, entries))
    }
}

/// The event as gates carry it.
fn event_for_gates(view: &View<'_>) -> Result<Event, Problem> {
    let event = view.event()?;
    Ok(Event {
        settings: event.settings.for_gates(),
        ..event
    })
}

impl EventHome {
    /// How many more people a place takes now, a zone or the venue; none where nobody counts.
    ///
    /// `session` is the one that the door stands for, where it stands for one.
    pub(crate) fn room(
        &self,
        zone: Option<ZoneId>,
        session: Option<SessionId>,
    ) -> Result<Option<u32>, Problem> {
        let now = self.now();
        self.file().read(|view| {
            let roster = Roster::new(RosterHead::of_home(self, view)?, true)?;
            let Some(capacity) = roster.capacity(zone, session, now) else {
                return Ok(None);
            };
            let inside = roster.count_inside(view, zone, session, now)?;
            Ok(Some(capacity.saturating_sub(inside)))
        })
    }
}

impl Roster {
    pub(super) fn new(head: RosterHead, device_allowed: bool) -> Result<Self, Problem> {
        Ok(Self {
            as_of: head.as_of,
            verifier: head.verifier()?,
            rules: EntryRules::new(&head.event.settings.door.rules),
            event: head.event,
            sessions: head.sessions,
            types: head.types.into_iter().map(|kind| (kind.id, kind)).collect(),
            zones: head.zones,
            pin: head.pin,
            device_allowed,
        })
    }

    pub(super) fn schedule(&self) -> Schedule<'_> {
        Schedule {
            kind: self.event.kind,
            zone: self.event.time_zone,
            cancelled: self.event.status == EventStatus::Cancelled,
            sessions: &self.sessions,
        }
    }

    pub(super) fn zone(&self, id: Option<ZoneId>) -> Option<&Zone> {
        id.and_then(|id| self.zones.iter().find(|zone| zone.id == id))
    }

    pub(super) fn session(&self, id: Option<SessionId>) -> Option<&Session> {
        id.and_then(|id| self.sessions.iter().find(|session| session.id == id))
    }

    /// The session that passages are written down for at `now` (UTC ms): the one that is named, or
    /// the one that ended last.
    pub(super) fn begun(&self, named: Option<SessionId>, now: i64) -> Result<&Session, Problem> {
        let Some(named) = named else {
            return self
                .sessions
                .iter()
                .filter(|session| session.takes_place() && session.ends_at <= now)
                .max_by_key(|session| (session.ends_at, session.id))
                .ok_or_else(|| {
                    Problem::new(
                        "session_not_over",
                        "no session of this event is over yet; nothing was written down. Let the \
                         guests in as they come",
                    )
                });
        };
        let session = self
            .session(Some(named))
            .ok_or_else(|| Problem::new("session_unknown", "this event has no such session"))?;
        if session.starts_at > now {
            return Err(Problem::new(
                "session_not_over",
                "this session has not begun yet; nothing was written down. Let the guests in as \
                 they come",
            ));
        }
        Ok(session)
    }

    /// How many people a place takes: a zone, or the venue in the session that the door stands for,
    /// else in all that are on together; none where nobody counts.
    pub(super) fn capacity(
        &self,
        zone: Option<ZoneId>,
        session: Option<SessionId>,
        now: i64,
    ) -> Option<u32> {
        if zone.is_some() {
            return self.zone(zone).and_then(|zone| zone.capacity);
        }
        let takes = |session: &Session| session.capacity.or(self.event.capacity);
        if let Some(session) = self.session(session) {
            return takes(session);
        }
        let mut on = self
            .sessions
            .iter()
            .filter(|session| session.takes_place() && session.is_open_at(now))
            .map(takes)
            .peekable();
        if on.peek().is_none() {
            return self.event.capacity;
        }
        on.try_fold(0_u32, |sum, takes| Some(sum.saturating_add(takes?)))
    }

    /// How many people are inside of those whom [`Roster::capacity`] is for.
    pub(super) fn count_inside(
        &self,
        view: &View<'_>,
        zone: Option<ZoneId>,
        session: Option<SessionId>,
        now: i64,
    ) -> Result<u32, Problem> {
        let since = self.counted_since(now);
        Ok(match self.session(session) {
            Some(session) if zone.is_none() => view.count_inside_session(session.id, since)?,
            _ => view.count_inside(zone, since)?,
        })
    }

    /// The moment at which everybody counts as gone, where the event has one.
    pub(super) fn emptied_at(&self, now: i64) -> Option<i64> {
        emptied_at(&self.event, now)
    }

    pub(super) fn counted_since(&self, now: i64) -> i64 {
        counted_since(&self.event, &self.sessions, now)
    }
}

fn emptied_at(event: &Event, now: i64) -> Option<i64> {
    let minute = event.settings.door.auto_exit_minute?;
    Some(last_emptied(minute, event.time_zone, now))
}

/// Since when people inside are counted, UTC ms: since the doors of what is on opened, or of what
/// was on last, and since the place was emptied.
pub(crate) fn counted_since(event: &Event, sessions: &[Session], now: i64) -> i64 {
    let planned = || sessions.iter().filter(|s| s.takes_place());
    let on = planned().filter(|s| s.is_open_at(now));
    let begun = planned().filter(|s| s.doors_at <= now);
    let doors = on
        .map(|s| s.doors_at)
        .min()
        .or_else(|| begun.map(|s| s.doors_at).max())
        .unwrap_or(i64::MIN);
    doors.max(emptied_at(event, now).unwrap_or(i64::MIN))
}

/// Whether a device of this event may admit, in this life of it.
pub(super) fn is_allowed(
    view: &View<'_>,
    device: DeviceId,
    incarnation: u32,
) -> Result<bool, Problem> {
    Ok(view
        .device(device)?
        .is_some_and(|d| d.status == DeviceStatus::Active && d.incarnation == incarnation))
}
