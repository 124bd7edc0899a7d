//! Signed links for people without an account: what they open, until when, and in which version,
//! under HMAC-SHA256 (RFC 2104) with a secret of the workspace's own.
//!
//! The text is 55 characters of the URL-safe base 64 (RFC 4648): purpose, id, expiry, version and
//! the first 128 bits of the code. Whether the time is over or the version an older one is for whoever
//! knows the clock and the files to judge.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::seal;

/// Bytes of what a link says: purpose, id, minute of expiry, version.
const SAID: usize = 1 + 16 + 4 + 4;
/// Bytes of the code behind it.
const TAG: usize = 16;
/// Characters of a link's text.
const LENGTH: usize = 55;
/// Keeps these codes apart from others that one secret might make.
const CONTEXT: &[u8] = b"gatehouse link 1\0";

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// The PDF of one ticket.
    Ticket,
    /// The PDF of all tickets of an invitation.
    Invitation,
    /// What a guest wants to hear of.
    Preferences,
    /// Tells that a guest opened a message.
    Opened,
}

impl LinkPurpose {
    const ALL: [Self; 4] = [
        Self::Ticket,
        Self::Invitation,
        Self::Preferences,
        Self::Opened,
    ];

    const fn byte(self) -> u8 {
        match self {
            Self::Ticket => 1,
            Self::Invitation => 2,
            Self::Preferences => 3,
            Self::Opened => 4,
        }
    }
}

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it opens.
    pub purpose: LinkPurpose,
    /// Of which ticket, invitation or guest.
    pub id: Uuid,
    /// Until when it is good, in whole minutes since 1970.
    pub expires_minute: u32,
    /// The version of what it opens; a later one replaced it.
    pub version: u32,
}

impl Link {
    /// The link that is good until the minute that holds `ms` (UTC ms) is over.
    #[must_use]
    pub fn until(purpose: LinkPurpose, id: Uuid, ms: i64, version: u32) -> Self {
        let minute = ms.div_euclid(60_000).saturating_add(1);
        Self {
            purpose,
            id,
            expires_minute: u32::try_from(minute.max(0)).unwrap_or(u32::MAX),
            version,
        }
    }

    /// Whether its time is over at `now` (UTC ms).
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        now >= i64::from(self.expires_minute) * 60_000
    }

    fn bytes(&self) -> [u8; SAID] {
        let mut bytes = [0; SAID];
        bytes[0] = self.purpose.byte();
        bytes[1..17].copy_from_slice(self.id.as_bytes());
        bytes[17..21].copy_from_slice(&self.expires_minute.to_be_bytes());
        bytes[21..].copy_from_slice(&self.version.to_be_bytes());
        bytes
    }
}

/// The secret that makes and checks links.
pub struct LinkKey(hmac::Key);

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

/// A new secret for [`LinkKey::from_secret`].
#[must_use]
pub fn new_link_secret() -> Zeroizing<[u8; 32]> {
    seal::draw_secret()
}

impl LinkKey {
    /// The key of a secret.
    #[must_use]
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    fn tag(&self, said: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(CONTEXT);
        context.update(said);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }

    /// The link's text.
    #[must_use]
    pub fn write(&self, link: &Link) -> String {
        let said = link.bytes();
        let mut bytes = [0; SAID + TAG];
        bytes[..SAID].copy_from_slice(&said);
        bytes[SAID..].copy_from_slice(&self.tag(&said));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a text says when this key wrote it, whatever its time; takes as long for a near miss as
    /// for any other.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Link> {
        if text.len() != LENGTH {
            return None;
        }
        let mut bytes = [0; SAID + TAG];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (said, given) = bytes.split_at(SAID);
        let tag = self.tag(said);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&tag, given).is_ok();
        if length != SAID + TAG || !same {
            return None;
        }
        let purpose = LinkPurpose::ALL.into_iter().find(|p| p.byte() == said[0])?;
        let number = |at: usize| Some(u32::from_be_bytes(said.get(at..at + 4)?.try_into().ok()?));
        Some(Link {
            purpose,
            id: Uuid::from_slice(said.get(1..17)?).ok()?,
            expires_minute: number(17)?,
            version: number(21)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0102_0304_0506_8708_890a_0b0c_0d0e_0f10);

    fn key() -> LinkKey {
        LinkKey::from_secret(&[7; 32])
    }

    fn link() -> Link {
        Link::until(LinkPurpose::Invitation, ID, 1_795_262_400_000, 3)
    }

    #[test]
    fn a_link_is_read_as_it_was_written_by_its_own_key_alone() {
        for purpose in LinkPurpose::ALL {
            let link = Link { purpose, ..link() };
            let text = key().write(&link);
            assert_eq!(text.len(), LENGTH);
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
                "{text}"
            );
            assert_eq!(key().read(&text), Some(link));
            assert_eq!(LinkKey::from_secret(&[8; 32]).read(&text), None);
        }
    }

    #[test]
    fn no_character_of_a_link_can_be_changed() {
        let text = key().write(&link());
        for at in 0..text.len() {
            for other in ["A", "b", "-", "_", "0", "=", "%", " "] {
                let mut altered = text.clone();
                altered.replace_range(at..=at, other);
                let read = key().read(&altered);
                assert!(altered == text || read.is_none(), "{altered} at {at}");
            }
        }
        for (what, altered) in [
            ("nothing", String::new()),
            ("shorter", text[1..].to_owned()),
            ("longer", format!("{text}A")),
            ("other letters", "é".repeat(28)),
            ("much", "A".repeat(1 << 20)),
        ] {
            assert_eq!(key().read(&altered), None, "{what}");
        }
    }

    #[test]
    fn a_links_time_is_over_after_its_minute() {
        let link = Link::until(LinkPurpose::Ticket, ID, 90_000, 1);
        assert_eq!(link.expires_minute, 2);
        assert!(!link.is_over(119_999));
        assert!(link.is_over(120_000));
        let far = Link::until(LinkPurpose::Ticket, ID, i64::MAX, 1);
        assert_eq!(far.expires_minute, u32::MAX);
        assert!(Link::until(LinkPurpose::Ticket, ID, -5, 1).is_over(0));
    }
}
