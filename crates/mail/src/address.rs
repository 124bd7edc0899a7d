//! Addresses as they are sent, and return paths that tell which message came back.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use uuid::Uuid;

use crate::text::{from_hex, hex, one_line};

/// The longest address that a path in SMTP holds, in bytes (RFC 5321, 4.5.3.1.3).
pub const LONGEST: usize = 254;
/// The longest part before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
pub const LONGEST_LOCAL: usize = 64;
/// The longest name beside an address, in bytes.
pub const LONGEST_NAME: usize = 320;

/// Why an address can't be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is nothing.
    #[error("the address is empty")]
    Empty,
    /// It is longer than mail servers take.
    #[error("the address is too long")]
    TooLong,
    /// It holds a line break, a space or another character that no address may hold.
    #[error("the address holds a character that addresses can't hold")]
    Character,
    /// It has no `@`, or nothing on one side of it.
    #[error("the address has no name before or no place after its @")]
    Parts,
    /// What stands before the `@` is not written as it has to be.
    #[error("the part before the @ is not that of an address")]
    Local,
    /// What stands after the `@` names no host.
    #[error("the part after the @ names no mail server")]
    Domain,
}

impl AddressError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "address_empty",
            Self::TooLong => "address_too_long",
            Self::Character => "address_character",
            Self::Parts => "address_parts",
            Self::Local => "address_local",
            Self::Domain => "address_domain",
        }
    }
}

/// An e-mail address as it is sent: the part before the `@` in UTF-8, the domain in ASCII
/// (IDNA 2008, lower case).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    whole: String,
    at: usize,
}

impl Address {
    /// Reads an address as a person types it; a domain in any script is turned into ASCII.
    ///
    /// # Errors
    ///
    /// When no mail server would take it. Quoted names before the `@`, numbers of hosts in
    /// brackets and hosts without a dot (but `localhost`) are refused: guests have none, and
    /// mistakes look like them.
    pub fn read(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > 4 * LONGEST || (text.is_ascii() && text.len() > LONGEST) {
            return Err(AddressError::TooLong);
        }
        if text.chars().any(|c| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '\\' | '(' | ')' | '[' | ']')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        }) {
            return Err(AddressError::Character);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Parts)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Parts);
        }
        if local.len() > LONGEST_LOCAL {
            return Err(AddressError::TooLong);
        }
        let is_atom = |c: char| {
            c.is_ascii_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(c)
        };
        if !local
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(is_atom))
        {
            return Err(AddressError::Local);
        }
        let domain = ascii_domain(domain).ok_or(AddressError::Domain)?;
        let whole = format!("{local}@{domain}");
        if whole.len() > LONGEST {
            return Err(AddressError::TooLong);
        }
        Ok(Self {
            at: local.len(),
            whole,
        })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.whole[..self.at]
    }

    /// The domain, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.whole[self.at + 1..]
    }

    /// Whether only servers with SMTPUTF8 (RFC 6531) take it.
    #[must_use]
    pub fn needs_utf8(&self) -> bool {
        !self.whole.is_ascii()
    }

    pub(crate) fn to_lettre(&self) -> lettre::Address {
        // Checked above, more strictly than there.
        lettre::Address::new_dangerous(self.local(), self.domain())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}

/// Shows the domain alone: addresses are personal, and this is what reaches logs.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(…@{})", self.domain())
    }
}

/// A domain in ASCII and lower case; none where it can't be one of a mail server.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let good = labels.iter().all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let last_is_name = labels
        .last()
        .is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()));
    (good && last_is_name && (labels.len() > 1 || ascii == "localhost")).then_some(ascii)
}

/// A name beside an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that mail programs show; empty for none.
    pub name: String,
    /// The address.
    pub address: Address,
}

impl Mailbox {
    /// A mailbox whose name is held to one line: line breaks and control characters in it become
    /// spaces, so it can't begin another header.
    #[must_use]
    pub fn new(name: &str, address: Address) -> Self {
        let name = one_line(crate::text::bounded(name, LONGEST_NAME)).into_owned();
        Self { name, address }
    }

    pub(crate) fn to_lettre(&self) -> lettre::message::Mailbox {
        let name = one_line(crate::text::bounded(&self.name, LONGEST_NAME));
        let name = (!name.is_empty()).then(|| name.into_owned());
        lettre::message::Mailbox::new(name, self.address.to_lettre())
    }
}

/// Which message a return path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerpToken(pub Uuid);

/// Return paths of their own for each message (VERP): `bounces+TOKEN@example.org`, where the
/// token is the message's id and a short code that only the holder of the key can make.
pub struct Verp {
    mailbox: String,
    domain: String,
    key: hmac::Key,
}

/// Bytes of the code behind the id: 40 bits, which nobody guesses by sending mail.
const CODE: usize = 5;
/// Hex digits of a token.
pub const TOKEN_DIGITS: usize = 2 * (16 + CODE);

impl Verp {
    /// Return paths at `bounces`, the address of the mailbox that bounces are read from.
    ///
    /// # Errors
    ///
    /// When the part before the `@`, a `+` and a token are more than the 64 bytes that mail
    /// servers take, or when it is not ASCII.
    pub fn new(bounces: &Address, key: &[u8]) -> Result<Self, AddressError> {
        if bounces.needs_utf8() {
            return Err(AddressError::Character);
        }
        if bounces.local().len() + 1 + TOKEN_DIGITS > LONGEST_LOCAL
            || bounces.as_str().len() + 1 + TOKEN_DIGITS > LONGEST
        {
            return Err(AddressError::TooLong);
        }
        Ok(Self {
            mailbox: bounces.local().to_owned(),
            domain: bounces.domain().to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        })
    }

    /// The return path of the message with this id.
    #[must_use]
    pub fn address(&self, id: Uuid) -> Address {
        let local = format!("{}+{}", self.mailbox, self.token(id));
        Address {
            at: local.len(),
            whole: format!("{local}@{}", self.domain),
        }
    }

    /// The token of the message with this id: 42 hex digits.
    #[must_use]
    pub fn token(&self, id: Uuid) -> String {
        format!("{}{}", hex(id.as_bytes()), hex(&self.code(id)))
    }

    /// The message that a token is of; none when it is not a token of this key's.
    #[must_use]
    pub fn check(&self, token: &str) -> Option<VerpToken> {
        let (id, code) = token.split_at_checked(32)?;
        let id = Uuid::from_bytes(from_hex::<16>(id)?);
        let code = from_hex::<CODE>(code)?;
        constant_time::verify_slices_are_equal(&code, &self.code(id))
            .ok()
            .map(|()| VerpToken(id))
    }

    /// The message that a return path is of, whatever the case of its letters; none when it is
    /// another mailbox's, or not one of ours.
    #[must_use]
    pub fn read(&self, address: &str) -> Option<VerpToken> {
        let (local, domain) = address.trim().rsplit_once('@')?;
        if !domain.eq_ignore_ascii_case(&self.domain) {
            return None;
        }
        let (mailbox, token) = local.rsplit_once('+')?;
        if !mailbox.eq_ignore_ascii_case(&self.mailbox) {
            return None;
        }
        self.check(token)
    }

    /// The id (Message-ID) of the message with this id, without angle brackets: its token at the
    /// domain of the return paths, so that what quotes it can be believed as a return path is.
    #[must_use]
    pub fn message_id(&self, id: Uuid) -> String {
        format!("{}@{}", self.token(id), self.domain)
    }

    /// The first token of ours in a text of any shape, as part of a return path or a message's id.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<VerpToken> {
        let mut digits = 0;
        for (at, byte) in text.bytes().enumerate() {
            // Some servers write the `@` of a return path within another as `=`.
            if digits >= TOKEN_DIGITS
                && matches!(byte, b'@' | b'=')
                && let Some(token) = text.get(at - TOKEN_DIGITS..at)
                && let Some(found) = self.check(token)
            {
                return Some(found);
            }
            digits = if byte.is_ascii_hexdigit() {
                digits + 1
            } else {
                0
            };
        }
        None
    }

    fn code(&self, id: Uuid) -> [u8; CODE] {
        let tag = hmac::sign(&self.key, id.as_bytes());
        let mut code = [0; CODE];
        code.copy_from_slice(&tag.as_ref()[..CODE]);
        code
    }
}

impl fmt::Debug for Verp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verp({}+…@{})", self.mailbox, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_as_they_are_sent() {
        for (typed, sent) in [
            ("zoe@example.org", "zoe@example.org"),
            (" Zoe.O'Neill+x@Example.ORG ", "Zoe.O'Neill+x@example.org"),
            ("zoë@example.org", "zoë@example.org"),
            ("info@bücher.example", "info@xn--bcher-kva.example"),
            ("用户@例子.example", "用户@xn--fsqu00a.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(
                Address::read(typed).map(|a| a.to_string()),
                Ok(sent.to_owned())
            );
        }
        assert!(Address::read("zoë@example.org").is_ok_and(|a| a.needs_utf8()));
        assert!(Address::read("info@bücher.example").is_ok_and(|a| !a.needs_utf8()));
    }

    #[test]
    fn refuses_what_no_server_takes() {
        use AddressError::{Character, Domain, Empty, Local, Parts, TooLong};
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}example.org", "a.".repeat(140));
        for (typed, error) in [
            ("", Empty),
            ("  ", Empty),
            ("zoe", Parts),
            ("@example.org", Parts),
            ("zoe@", Parts),
            ("a@example.org\r\nBcc: b@example.org", Character),
            ("a@example.org\nRCPT TO:<b@example.org>", Character),
            ("a b@example.org", Character),
            ("a@example.org,b@example.org", Character),
            ("<a@example.org>", Character),
            ("a\u{202e}@example.org", Character),
            ("a\u{0}@example.org", Character),
            (".a@example.org", Local),
            ("a..b@example.org", Local),
            ("a@b@example.org", Local),
            ("a@example", Domain),
            ("a@example..org", Domain),
            ("a@-example.org", Domain),
            ("a@exa_mple.org", Domain),
            ("a@10.0.0.1", Domain),
            (&long, TooLong),
            (&longer, TooLong),
        ] {
            assert_eq!(Address::read(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn shows_nobody_in_logs() {
        let address = Address::read("zoe@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "Address(…@example.org)");
    }

    #[test]
    fn finds_its_own_return_paths_and_no_others() {
        let bounces = Address::read("bounces@mail.example.org").unwrap();
        let verp = Verp::new(&bounces, b"one key").unwrap();
        let id = Uuid::from_u128(0x0011_2233_4455_8677_8899_aabb_ccdd_eeff);
        let path = verp.address(id);
        assert!(Address::read(path.as_str()).is_ok_and(|read| read == path));
        assert_eq!(verp.read(path.as_str()), Some(VerpToken(id)));
        assert_eq!(
            verp.read(&path.as_str().to_uppercase()),
            Some(VerpToken(id))
        );
        assert_eq!(verp.find(&format!("to <{path}> at")), Some(VerpToken(id)));

        let quoted = format!("Message-ID: <{}>", verp.message_id(id));
        assert_eq!(verp.find(&quoted), Some(VerpToken(id)));

        let other = Verp::new(&bounces, b"another key").unwrap();
        assert_eq!(other.read(path.as_str()), None);
        let mut altered = path.as_str().to_owned();
        let at = altered.find('+').unwrap() + 1;
        altered.replace_range(at..=at, "1");
        assert_eq!(verp.read(&altered), None);
        for bad in [
            "",
            "+",
            "bounces+@mail.example.org",
            "bounces+00@mail.example.org",
        ] {
            assert_eq!(verp.read(bad), None);
        }
        assert_eq!(
            verp.read(&format!("é+{}@mail.example.org", "é".repeat(21))),
            None
        );
    }

    #[test]
    fn wants_room_for_a_token() {
        let long = Address::read("returned-messages-of-ours@example.org").unwrap();
        assert_eq!(Verp::new(&long, b"k").err(), Some(AddressError::TooLong));
        let fits = Address::read(&format!("{}@example.org", "b".repeat(21))).unwrap();
        assert!(Verp::new(&fits, b"k").is_ok());
    }
}
