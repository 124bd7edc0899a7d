//! Identifiers that route themselves.
//!
//! Every id minted inside an event begins with the same 32 bits as the event's own id, so a flat
//! path finds its event with no index. The prefix routes; it never authorizes. The shape is
//! UUIDv8 (RFC 9562): 32 bits of route, 12 + 16 + 2 bits of a millisecond count (so that ids
//! minted in order also sort in order) and 60 bits of counter and randomness.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The first 32 bits of every id of one event, unique within a workspace.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(pub u32);

impl Route {
    /// The route of an id: its first 8 hex digits.
    #[must_use]
    pub fn of(id: Uuid) -> Self {
        let bytes = id.as_bytes();
        Self(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A source of random bytes, passed in so that tests can replay a run.
pub trait Entropy: Send {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<F: FnMut(&mut [u8]) + Send> Entropy for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// Mints ids of one event in ascending order.
///
/// Ids minted by one mint never repeat and sort by the time given, then by the order of minting;
/// 48 random bits keep two mints apart.
pub struct IdMint {
    route: Route,
    entropy: Box<dyn Entropy>,
    last_ms: i64,
    counter: u16,
}

impl fmt::Debug for IdMint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdMint")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl IdMint {
    /// A mint for the ids of one event.
    #[must_use]
    pub fn new(route: Route, entropy: Box<dyn Entropy>) -> Self {
        Self {
            route,
            entropy,
            last_ms: 0,
            counter: 0,
        }
    }

    /// A mint for a new event: the route is drawn at random.
    #[must_use]
    pub fn for_new_event(mut entropy: Box<dyn Entropy>) -> Self {
        let mut route = [0; 4];
        entropy.fill(&mut route);
        Self::new(Route(u32::from_be_bytes(route)), entropy)
    }

    /// The route that every id of this mint begins with.
    #[must_use]
    pub fn route(&self) -> Route {
        self.route
    }

    /// Mints one id. `now_ms` is UTC milliseconds; a clock that steps back is held.
    pub fn mint(&mut self, now_ms: i64) -> Uuid {
        if now_ms > self.last_ms {
            self.last_ms = now_ms;
            self.counter = 0;
        } else if self.counter >= 0x0fff {
            self.last_ms += 1;
            self.counter = 0;
        } else {
            self.counter += 1;
        }
        let mut random = [0; 6];
        self.entropy.fill(&mut random);
        // 28 bits of 64 ms steps would wrap; 40 bits of milliseconds last until 2004 + 34 years
        // from any start, and only the order inside one event matters.
        let ms = (self.last_ms as u64) & 0xff_ffff_ffff;
        let mut bytes = [0_u8; 16];
        bytes[..4].copy_from_slice(&self.route.0.to_be_bytes());
        bytes[4] = (ms >> 32) as u8;
        bytes[5] = (ms >> 24) as u8;
        // Version nibble, then 12 bits; variant bits, then the rest.
        bytes[6] = 0x80 | ((ms >> 20) & 0x0f) as u8;
        bytes[7] = (ms >> 12) as u8;
        bytes[8] = 0x80 | ((ms >> 6) & 0x3f) as u8;
        bytes[9] = (((ms & 0x3f) as u8) << 2) | ((self.counter >> 10) & 0x03) as u8;
        bytes[10] = (self.counter >> 2) as u8;
        bytes[11] = (((self.counter & 0x03) as u8) << 6) | (random[0] & 0x3f);
        bytes[12..16].copy_from_slice(&random[1..5]);
        Uuid::from_bytes(bytes)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The event route that this id begins with.
            #[must_use]
            pub fn route(self) -> Route {
                Route::of(self.0)
            }

            /// The 16 bytes of the id.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

ids! {
    /// A workspace: one organization's data on one machine or hub.
    WorkspaceId;
    /// An event.
    EventId;
    /// One dated occurrence of an event.
    SessionId;
    /// A tier or pass of an event.
    TicketTypeId;
    /// A place inside the venue with its own entry rules.
    ZoneId;
    /// A person on an event's list.
    GuestId;
    /// The same person across events.
    ContactId;
    /// A container with a number, a code and a link, covering one or more guests.
    InvitationId;
    /// One guest's place in an invitation.
    MemberId;
    /// A run that creates, renders and sends many invitations.
    BatchId;
    /// A message to the members of an invitation.
    DeliveryId;
    /// One sending of a message to many invitations.
    MailingId;
    /// A message to the host of an event.
    HostNoticeId;
    /// The right of one holder to enter.
    TicketId;
    /// A registered gate, kiosk, scanner or office machine.
    DeviceId;
    /// One recorded edit of an event file.
    EditId;
    /// One import of a guest list.
    ImportId;
    /// A talk or activity inside a session.
    AgendaItemId;
    /// A picture of an event.
    PhotoId;
    /// News that guests are to be told.
    NoticeId;
    /// One look at a meeting link.
    LookId;
    /// One file that a guest fetched.
    DownloadId;
    /// A person who signs in.
    AccountId;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint() -> IdMint {
        let mut n = 0_u8;
        IdMint::new(
            Route(0xfeed_0001),
            Box::new(move |bytes: &mut [u8]| {
                bytes.iter_mut().for_each(|b| {
                    n = n.wrapping_mul(31).wrapping_add(7);
                    *b = n;
                });
            }),
        )
    }

    #[test]
    fn ids_begin_with_the_route_and_are_uuid_v8() {
        let id = mint().mint(1_795_000_000_000);
        assert_eq!(Route::of(id), Route(0xfeed_0001));
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn ids_sort_in_the_order_of_minting_even_when_the_clock_stands_or_steps_back() {
        let mut mint = mint();
        let times = [5_000, 5_000, 5_001, 4_000, 4_000, 5_002];
        let ids: Vec<_> = times.iter().map(|ms| mint.mint(*ms)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        let burst: Vec<_> = (0..10_000).map(|_| mint.mint(6_000)).collect();
        assert!(burst.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
