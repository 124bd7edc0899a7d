//! What a text is that was presented as a ticket: ours, or what else people hold up.

use gatehouse_credential::token::{TICKET_TYP, Token};

/// What a presented text is, by its form alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It has the form of a ticket of ours; whether it is one, its signature says.
    Ticket,
    /// A signed token (JWT) that is no ticket.
    OtherToken,
    /// Looks like a ticket of ours and is damaged.
    DamagedTicket,
    /// A link; its host, in small letters.
    WebLink(String),
    /// A person's contact card (vCard, MeCard).
    ContactCard,
    /// The way into a wireless network.
    WirelessNetwork,
    /// An entry for a calendar.
    CalendarEntry,
    /// An address to write to.
    MailAddress,
    /// A number to call or to text to.
    PhoneNumber,
    /// A place on the map.
    Place,
    /// A bill, or an address for coins.
    Payment,
    /// A boarding pass or a railway ticket.
    TravelTicket,
    /// A health certificate.
    HealthCertificate,
    /// A key for one-time passwords; it is a secret.
    LoginSecret,
    /// The code that adds a device to a smart home.
    SmartHome,
    /// Digits alone, such as the number under a bar code; how many.
    Digits(usize),
    /// Letters and digits without a blank, as other vendors' tickets are; how many characters.
    OtherTicket(usize),
    /// Data of another program.
    Data,
    /// Some other text; how many characters.
    Text(usize),
    /// Nothing at all.
    Empty,
}

impl Kind {
    /// A stable word, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::OtherToken => "other_token",
            Self::DamagedTicket => "damaged_ticket",
            Self::WebLink(_) => "web_link",
            Self::ContactCard => "contact_card",
            Self::WirelessNetwork => "wireless_network",
            Self::CalendarEntry => "calendar_entry",
            Self::MailAddress => "mail_address",
            Self::PhoneNumber => "phone_number",
            Self::Place => "place",
            Self::Payment => "payment",
            Self::TravelTicket => "travel_ticket",
            Self::HealthCertificate => "health_certificate",
            Self::LoginSecret => "login_secret",
            Self::SmartHome => "smart_home",
            Self::Digits(_) => "digits",
            Self::OtherTicket(_) => "other_ticket",
            Self::Data => "data",
            Self::Text(_) => "text",
            Self::Empty => "empty",
        }
    }

    /// The text has the form of a ticket of ours.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Ticket)
    }
}

/// Tells what a text is, by its form; scanners' additions are dropped before ([`crate::scanner`]).
/// It takes time in proportion to the text, and of the text nothing but a link's host is kept.
#[must_use]
pub fn recognise(text: &str) -> Kind {
    let text = text.trim();
    if text.is_empty() {
        return Kind::Empty;
    }
    if let Some(kind) = ours(text) {
        return kind;
    }
    let head: String = text
        .chars()
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase();
    if let Some(host) = link_host(text) {
        return Kind::WebLink(host);
    }
    if let Some((_, kind)) = HEADS.iter().find(|(start, _)| head.starts_with(start)) {
        return kind.clone();
    }
    by_look(text)
}

/// What the text is when it has the form of a token.
fn ours(text: &str) -> Option<Kind> {
    if let Ok(token) = Token::parse(text) {
        let header = String::from_utf8_lossy(token.header()).into_owned();
        let typed = header.contains(&format!("\"{TICKET_TYP}\""));
        return Some(if typed {
            Kind::Ticket
        } else {
            Kind::OtherToken
        });
    }
    let damaged = text
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("GH1:"));
    damaged.then_some(Kind::DamagedTicket)
}

/// How texts of a known kind begin, in small letters.
const HEADS: &[(&str, Kind)] = &[
    ("begin:vcard", Kind::ContactCard),
    ("mecard:", Kind::ContactCard),
    ("bizcard:", Kind::ContactCard),
    ("wifi:", Kind::WirelessNetwork),
    ("begin:vcalendar", Kind::CalendarEntry),
    ("begin:vevent", Kind::CalendarEntry),
    ("mailto:", Kind::MailAddress),
    ("matmsg:", Kind::MailAddress),
    ("smtp:", Kind::MailAddress),
    ("tel:", Kind::PhoneNumber),
    ("sms:", Kind::PhoneNumber),
    ("smsto:", Kind::PhoneNumber),
    ("mmsto:", Kind::PhoneNumber),
    ("geo:", Kind::Place),
    ("bitcoin:", Kind::Payment),
    ("ethereum:", Kind::Payment),
    ("litecoin:", Kind::Payment),
    ("lightning:", Kind::Payment),
    ("bcd\n", Kind::Payment),
    ("bcd\r\n", Kind::Payment),
    ("spc\n", Kind::Payment),
    ("spc\r\n", Kind::Payment),
    ("spd*", Kind::Payment),
    ("upi://", Kind::Payment),
    ("000201", Kind::Payment),
    ("#ut0", Kind::TravelTicket),
    ("hc1:", Kind::HealthCertificate),
    ("shc:/", Kind::HealthCertificate),
    ("otpauth://", Kind::LoginSecret),
    ("otpauth-migration://", Kind::LoginSecret),
    ("mt:", Kind::SmartHome),
    ("x-hm://", Kind::SmartHome),
];

/// The host of a link; for one that names none, its scheme.
fn link_host(text: &str) -> Option<String> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    let lower = text.get(..4).map(str::to_ascii_lowercase);
    let rest = match text.split_once("://") {
        Some((scheme, rest)) => {
            let known = ["http", "https"]
                .iter()
                .any(|http| scheme.eq_ignore_ascii_case(http));
            known.then_some(rest)?
        }
        None if lower.as_deref() == Some("www.") => text,
        None => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    // What stands in brackets is an address with colons of its own.
    let host = match host.split_once(']') {
        Some((address, _)) => format!("{address}]"),
        None => host.split(':').next().unwrap_or_default().to_owned(),
    };
    Some(host.chars().take(253).collect::<String>().to_lowercase())
}

/// What a text is that begins like nothing known.
fn by_look(text: &str) -> Kind {
    let length = text.chars().count();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Kind::Digits(length);
    }
    if is_boarding_pass(text) {
        return Kind::TravelTicket;
    }
    if text.contains('@') && is_mail_address(text) {
        return Kind::MailAddress;
    }
    let wraps = |open, close| text.starts_with(open) && text.ends_with(close);
    if wraps('{', '}') || wraps('[', ']') || wraps('<', '>') {
        return Kind::Data;
    }
    let odd = text
        .chars()
        .filter(|c| c.is_control() && !c.is_whitespace())
        .count();
    if odd * 10 > length || text.contains('\u{fffd}') {
        return Kind::Data;
    }
    let ticket_like = |c: char| c.is_ascii_alphanumeric() || "-_.:+/=#*$%!~".contains(c);
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if length >= 6 && has_digit && text.chars().all(ticket_like) {
        return Kind::OtherTicket(length);
    }
    Kind::Text(length)
}

/// A boarding pass by IATA Resolution 792: `M`, the number of legs, a name of 20 characters, the
/// mark of an electronic ticket.
fn is_boarding_pass(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 58
        && bytes[0] == b'M'
        && matches!(bytes[1], b'1'..=b'4')
        && bytes[22] == b'E'
        && bytes[2..22]
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || b" /-".contains(byte))
}

fn is_mail_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let fits = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "._%+-".contains(c))
    };
    fits(name) && fits(host) && host.contains('.')
}

#[cfg(test)]
mod tests {
    use gatehouse_credential::qr::scene::{Dice, ticket_text};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_hold_up_is_told_apart() {
        let host = |host: &str| Kind::WebLink(host.to_owned());
        let boarding = format!(
            "M1DOE/ALEX            E{}",
            "ABC123 VIEZRHOS 0564 187Y012A0042 100"
        );
        let long = "word ".repeat(800);
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";
        let table: Vec<(&str, Kind)> = vec![
            ("", Kind::Empty),
            (" \r\n", Kind::Empty),
            (jwt, Kind::OtherToken),
            ("GH1:", Kind::DamagedTicket),
            ("GH1:NOT BASE 45!", Kind::DamagedTicket),
            ("gh1:abcdef", Kind::DamagedTicket),
            (
                "https://Tickets.Example.test/a/b?c=d",
                host("tickets.example.test"),
            ),
            ("HTTP://user:secret@example.test:8080", host("example.test")),
            ("http://[::1]:80/x", host("[::1]")),
            ("www.example.test", host("www.example.test")),
            ("https://", host("")),
            (
                "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Example\nEND:VCARD",
                Kind::ContactCard,
            ),
            ("MECARD:N:Example,Ada;;", Kind::ContactCard),
            ("WIFI:T:WPA;S:Hall;P:not-told;;", Kind::WirelessNetwork),
            (
                "BEGIN:VEVENT\nSUMMARY:Gala\nEND:VEVENT",
                Kind::CalendarEntry,
            ),
            ("mailto:ada@example.test", Kind::MailAddress),
            ("ada.example@example.test", Kind::MailAddress),
            ("tel:+15550100", Kind::PhoneNumber),
            ("geo:48.2,16.4", Kind::Place),
            ("BCD\n002\n1\nSCT\n\nExample", Kind::Payment),
            ("SPC\r\n0200\r\n1", Kind::Payment),
            ("bitcoin:1Example", Kind::Payment),
            (&boarding, Kind::TravelTicket),
            ("#UT010080000010000", Kind::TravelTicket),
            ("HC1:NCFOXN%TS3DH", Kind::HealthCertificate),
            ("otpauth://totp/x?secret=y", Kind::LoginSecret),
            ("MT:Y.K9042C00KA0648G00", Kind::SmartHome),
            ("5901234123457", Kind::Digits(13)),
            (
                "123e4567-e89b-12d3-a456-426614174000",
                Kind::OtherTicket(36),
            ),
            ("h4x7kq2m9vbn3cdz", Kind::OtherTicket(16)),
            ("ABC-12", Kind::OtherTicket(6)),
            ("{\"id\": 12}", Kind::Data),
            ("<ticket/>", Kind::Data),
            ("\u{1}\u{2}\u{3}abc", Kind::Data),
            ("Table 7", Kind::Text(7)),
            ("hello", Kind::Text(5)),
            ("مرحبا بكم", Kind::Text(9)),
            (&long, Kind::Text(3_999)),
            ("a.b.c", Kind::Text(5)),
        ];
        for (text, kind) in table {
            assert_eq!(recognise(text), kind, "{text:?}");
            assert!(!kind.is_ours());
        }
    }

    #[test]
    fn four_kilobytes_are_recognised_too() {
        let text = ticket_text(&mut Dice::new(1), 4_096);
        assert!(matches!(
            recognise(&text),
            Kind::Text(_) | Kind::OtherTicket(_)
        ));
        assert_eq!(recognise(&"9".repeat(4_096)), Kind::Digits(4_096));
    }

    proptest! {
        #[test]
        fn any_text_is_something(text in any::<String>()) {
            let kind = recognise(&text);
            prop_assert!(!kind.word().is_empty());
        }

        #[test]
        fn any_beginning_is_survived(
            head in prop::sample::select(HEADS.iter().map(|head| head.0).collect::<Vec<_>>()),
            cut in 0_usize..40,
            tail in ".{0,60}",
        ) {
            let cut = cut.min(head.len());
            for text in [format!("{}{tail}", &head[..cut]), format!("M1{tail}"), format!("https://{tail}")] {
                prop_assert!(!recognise(&text).word().is_empty());
            }
        }
    }
}
