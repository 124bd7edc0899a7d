//! What the office shows to enrol a gate: where it is, how it is known, and a token.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use gatehouse_api::Problem;
use uuid::Uuid;

use super::Outpost;

/// What a gate reads from the office's screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolTicket {
    /// The token; single use, good for minutes.
    pub token: Uuid,
    /// SHA-256 of the certificate of the workspace's authority.
    pub authority: [u8; 32],
    /// Where the office can be reached, the best first, without a slash at the end.
    pub addresses: Vec<String>,
    /// Where the one address is found, which is a gate's that enrols this one while the office is
    /// away; empty otherwise.
    pub reached_at: Vec<IpAddr>,
}

impl EnrolTicket {
    /// The name of the gate that enrols, and where it is found.
    pub(super) fn at_a_gate(&self) -> Option<(String, Vec<SocketAddr>)> {
        let [address] = self.addresses.as_slice() else {
            return None;
        };
        let (host, port) = address.strip_prefix("https://")?.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let at = self.reached_at.iter();
        let at: Vec<SocketAddr> = at.map(|ip| SocketAddr::from((*ip, port))).collect();
        (!at.is_empty()).then(|| (host.to_owned(), at))
    }
}

impl Outpost {
    /// Whether this very ticket made it a gate: shown again, it goes on.
    pub fn was_enrolled_by(&self, ticket: &EnrolTicket) -> Result<bool, Problem> {
        let token = self.file.read(|view| view.kept(ENROLLED_BY))?;
        Ok(token == Some(ticket.token.to_string()))
    }
}

/// The token that it was enrolled with, which is used up.
pub(super) const ENROLLED_BY: &str = "enrolled_by";
/// Addresses that are tried at most.
const MOST_ADDRESSES: usize = 8;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 2_048;

impl std::fmt::Display for EnrolTicket {
    /// The text of the code that the office shows.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "gatehouse://enrol?token={}&ca=", self.token)?;
        for byte in self.authority {
            write!(f, "{byte:02x}")?;
        }
        for address in &self.addresses {
            write!(f, "&at={address}")?;
        }
        for ip in &self.reached_at {
            write!(f, "&ip={ip}")?;
        }
        Ok(())
    }
}

impl FromStr for EnrolTicket {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            Problem::new(
                "enrolment_unreadable",
                "this is no code that enrols a gate; show the one from the office’s page “Gates”",
            )
        };
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(wrong());
        }
        let query = text.strip_prefix("gatehouse://enrol?").ok_or_else(wrong)?;
        let (mut token, mut authority, mut addresses) = (None, None, Vec::new());
        let mut reached_at = Vec::new();
        for part in query.split('&') {
            match part.split_once('=') {
                Some(("token", text)) => token = text.parse().ok(),
                Some(("ca", text)) => authority = digest(text),
                Some(("at", text)) if addresses.len() < MOST_ADDRESSES => {
                    addresses.push(text.trim_end_matches('/').to_owned());
                }
                Some(("ip", text)) if reached_at.len() < MOST_ADDRESSES => {
                    reached_at.extend(text.parse::<IpAddr>());
                }
                // What a later office says besides.
                _ => {}
            }
        }
        let ticket = Self {
            token: token.ok_or_else(wrong)?,
            authority: authority.ok_or_else(wrong)?,
            addresses,
            reached_at,
        };
        if ticket.addresses.is_empty() {
            return Err(Problem::new(
                "home_unknown",
                "this code does not say where the office is: let other machines in there \
                 (Settings, Network), then make a new code",
            ));
        }
        Ok(ticket)
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let bytes = super::unhex(text)?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0a1b2c3d-1111-8222-9333-444455556666";

    #[test]
    fn a_ticket_is_read_and_whatever_lacks_a_part_is_refused() {
        let ca = "ab".repeat(32);
        let whole = format!(
            "gatehouse://enrol?token={TOKEN}&ca={ca}&at=https://desk.local:8443/&at=https://10.0.0.2:8443&new=1"
        );
        let ticket: EnrolTicket = whole.parse().expect("a ticket");
        assert_eq!(ticket.token.to_string(), TOKEN);
        assert_eq!(ticket.authority, [0xab; 32]);
        assert_eq!(
            ticket.addresses,
            ["https://desk.local:8443", "https://10.0.0.2:8443"]
        );
        for (text, code) in [
            (String::new(), "enrolment_unreadable"),
            ("https://example.org/".into(), "enrolment_unreadable"),
            (
                format!("gatehouse://enrol?token={TOKEN}"),
                "enrolment_unreadable",
            ),
            (
                format!("gatehouse://enrol?ca={ca}&at=https://a"),
                "enrolment_unreadable",
            ),
            (
                format!("gatehouse://enrol?token=x&ca={ca}"),
                "enrolment_unreadable",
            ),
            (
                format!("gatehouse://enrol?token={TOKEN}&ca={}", &ca[..62]),
                "enrolment_unreadable",
            ),
            (
                format!("gatehouse://enrol?token={TOKEN}&ca={ca}"),
                "home_unknown",
            ),
            (
                format!("{whole}{}", "&x=y".repeat(600)),
                "enrolment_unreadable",
            ),
        ] {
            let refused = text.parse::<EnrolTicket>().expect_err(&text);
            assert_eq!(refused.code, code, "{text}");
        }
    }
}
