//! Marketing: what guests may do without. Who wants none gets none, and nobody gets two within a
//! day.

use super::MessageKind;
use crate::preferences::Preferences;

/// How far apart two marketing messages to one person are at least, in milliseconds: 24 hours.
pub const APART: i64 = 24 * 3_600_000;
/// Code of a message that waits because another one left for the same person within a day.
pub const TOO_SOON: &str = "marketing_apart";
/// Code of a message whose recipient wants none of its kind.
pub const UNWANTED: &str = "unwanted";

/// Whether a message may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Now.
    Now,
    /// Not before this time, UTC ms.
    Later(i64),
    /// Never: it is not wanted.
    Never,
}

impl Preferences {
    /// Whether somebody wants messages of this kind. What a ticket needs is never unwanted.
    #[must_use]
    pub const fn want(&self, kind: MessageKind) -> bool {
        match kind {
            MessageKind::Announcement => self.unsubscribed_at.is_none(),
            MessageKind::Thanks | MessageKind::Rating | MessageKind::Review => {
                self.unsubscribed_at.is_none() && self.reviews
            }
            _ => true,
        }
    }
}

/// Whether a message of this kind may leave at `now` (UTC ms) for somebody with these wishes whose
/// last marketing left at `last`. A message that is `needed` is no marketing, whatever its kind.
#[must_use]
pub fn may_leave(
    kind: MessageKind,
    needed: bool,
    wishes: &Preferences,
    last: Option<i64>,
    now: i64,
) -> Leave {
    if needed || !kind.is_marketing() {
        return Leave::Now;
    }
    if !wishes.want(kind) {
        return Leave::Never;
    }
    match last {
        // A clock that was set back holds nothing for longer than a day.
        Some(last) if now - last < APART => Leave::Later(last.min(now) + APART),
        _ => Leave::Now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_900_000_000_000;

    #[test]
    fn marketing_keeps_a_day_apart_and_nothing_else_does() {
        use Leave::{Later, Now};
        use MessageKind as K;
        // Kind, needed, hours since the last marketing message, what follows.
        let table = [
            (K::Announcement, false, None, Now),
            (K::Announcement, false, Some(25), Now),
            (K::Announcement, false, Some(24), Now),
            (K::Announcement, false, Some(23), Later(NOW + HOUR)),
            (K::Announcement, false, Some(0), Later(NOW + 24 * HOUR)),
            (K::Announcement, false, Some(-5), Later(NOW + 24 * HOUR)),
            (K::Announcement, true, Some(0), Now),
            (K::Thanks, false, Some(2), Later(NOW + 22 * HOUR)),
            (K::Rating, false, Some(30), Now),
            (K::Review, false, Some(22), Later(NOW + 2 * HOUR)),
            (K::Reminder, false, Some(0), Now),
            (K::Ticket, false, Some(0), Now),
            (K::Change, false, Some(0), Now),
            (K::Cancelled, false, Some(0), Now),
        ];
        for (kind, needed, hours, expected) in table {
            let last = hours.map(|hours| NOW - hours * HOUR);
            let leave = may_leave(kind, needed, &Preferences::default(), last, NOW);
            assert_eq!(leave, expected, "{kind}, needed {needed}, {hours:?} h ago");
        }
    }

    #[test]
    fn who_wants_none_gets_none_but_what_is_needed() {
        use MessageKind as K;
        let usual = Preferences::default();
        let gone = Preferences::unsubscribed(NOW - HOUR);
        let unasked = Preferences {
            reviews: false,
            ..usual
        };
        // Kind, needed, then whether it leaves: by default, unsubscribed, not to be asked how it was.
        let table = [
            (K::Announcement, false, [true, false, true]),
            (K::Announcement, true, [true, true, true]),
            (K::Thanks, false, [true, false, false]),
            (K::Rating, false, [true, false, false]),
            (K::Review, false, [true, false, false]),
            (K::Invitation, false, [true, true, true]),
            (K::Reminder, false, [true, true, true]),
            (K::Change, false, [true, true, true]),
        ];
        for (kind, needed, expected) in table {
            let leaves = [usual, gone, unasked]
                .map(|wishes| may_leave(kind, needed, &wishes, None, NOW) == Leave::Now);
            assert_eq!(leaves, expected, "{kind}, needed {needed}");
        }
    }
}
