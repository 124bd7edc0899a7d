//! Letters, as Python's `email` and DKIM's own package read them.

use gatehouse_mail::letter::{Attachment, Calendar, Inline, Unsubscribe};
use gatehouse_mail::{Address, Letter, LetterError, Mailbox, Signer};
use serde_json::{Value, json};

use crate::outside::python;

/// Reads a letter with all that the standard library knows of letters.
const READ: &str = r#"
import email, email.policy, hashlib, json, sys
raw = sys.stdin.buffer.read()
message = email.message_from_bytes(raw, policy=email.policy.default)
def part(one):
    content = one.get_content() if not one.is_multipart() else None
    if isinstance(content, str): content = content.encode()
    return {
        'type': one.get_content_type(),
        'name': one.get_filename(),
        'cid': one['content-id'],
        'disposition': one.get_content_disposition(),
        'method': one.get_param('method'),
        'bytes': content and len(content),
        'sha256': content and hashlib.sha256(content).hexdigest(),
        'text': content.decode() if content and one.get_content_maintype() == 'text' else None,
        'parts': [part(inner) for inner in one.iter_parts()] if one.is_multipart() else [],
        'defects': [str(d) for d in one.defects],
    }
print(json.dumps({
    'headers': [[k.lower(), str(v)] for k, v in message.items()],
    'to': [[a.display_name, a.addr_spec] for a in message['to'].addresses],
    'from': [[a.display_name, a.addr_spec] for a in message['from'].addresses],
    'date': message['date'].datetime.isoformat(),
    'longest': max(len(line) for line in raw.split(b'\r\n')),
    'bare': raw.count(b'\n') - raw.count(b'\r\n'),
    'root': part(message),
}))
"#;

fn address(text: &str) -> Address {
    Address::read(text).unwrap()
}

pub(crate) fn letter() -> Letter {
    Letter {
        id: "0011223344558677889900aabbccddee0102030405@mail.example.org".to_owned(),
        from: Mailbox::new("Friends of the Library", address("hello@library.example")),
        reply_to: Some(Mailbox::new("Desk", address("desk@library.example"))),
        to: Mailbox::new("Zoë Ŝlâpfer-O’Neill", address("zoe@example.org")),
        return_path: address("bounces+01@mail.example.org"),
        subject: "Ihre Karten für Zoë — 12 juin, «Été»".to_owned(),
        text: "Dear Zoë,\n\n.a line that begins with a dot\nand äöü\n".to_owned(),
        html: format!(
            "<!doctype html><html><body><p>Dear Zoë</p><img src=\"cid:code1\">{}</body></html>",
            "a very long line ".repeat(100)
        ),
        inline: vec![Inline {
            cid: "code1".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: (0..3000_u32).map(|n| n as u8).collect(),
        }],
        attachments: vec![Attachment {
            name: "Eintritt für Zoë.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: (0..40_000_u32).map(|n| (n * 7) as u8).collect(),
        }],
        calendar: Some(Calendar {
            method: "PUBLISH".to_owned(),
            text: "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n".to_owned(),
        }),
        unsubscribe: Some(Unsubscribe {
            url: "https://tickets.example.org/p/k7Qf2/unsubscribe".to_owned(),
            mailto: Some(address("leave@library.example")),
        }),
        language: "de".to_owned(),
        date_ms: 1_812_000_000_000,
        auto: true,
    }
}

fn read(bytes: &[u8]) -> Option<Value> {
    python(READ, &[], bytes).map(|read| serde_json::from_str(&read).unwrap())
}

fn header(read: &Value, name: &str) -> Vec<String> {
    read["headers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|pair| pair[0] == name)
        .map(|pair| pair[1].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn another_program_reads_what_was_written() {
    let letter = letter();
    let bytes = letter.to_bytes(None).unwrap();
    assert_eq!(bytes, letter.to_bytes(None).unwrap());
    assert!(bytes.is_ascii());
    let Some(read) = read(&bytes) else { return };

    assert_eq!(
        read["to"],
        json!([["Zoë Ŝlâpfer-O’Neill", "zoe@example.org"]])
    );
    assert_eq!(
        read["from"],
        json!([["Friends of the Library", "hello@library.example"]])
    );
    assert_eq!(
        header(&read, "subject"),
        std::slice::from_ref(&letter.subject)
    );
    assert_eq!(header(&read, "message-id"), [format!("<{}>", letter.id)]);
    assert_eq!(read["date"], "2027-06-03T05:20:00+00:00");
    assert_eq!(
        header(&read, "list-unsubscribe"),
        [
            "<https://tickets.example.org/p/k7Qf2/unsubscribe>, <mailto:leave@library.example?subject=unsubscribe>"
        ]
    );
    assert_eq!(
        header(&read, "list-unsubscribe-post"),
        ["List-Unsubscribe=One-Click"]
    );
    assert_eq!(header(&read, "auto-submitted"), ["auto-generated"]);
    assert_eq!(header(&read, "content-language"), ["de"]);
    assert!(header(&read, "bcc").is_empty() && header(&read, "return-path").is_empty());
    assert!(read["longest"].as_u64().unwrap() <= 998);
    assert_eq!(read["bare"], 0);

    let root = &read["root"];
    assert_eq!(root["type"], "multipart/mixed");
    let alternative = &root["parts"][0];
    assert_eq!(alternative["type"], "multipart/alternative");
    assert_eq!(alternative["parts"][0]["type"], "text/plain");
    let lines = letter.text.replace('\n', "\r\n");
    assert_eq!(alternative["parts"][0]["text"], lines);
    let related = &alternative["parts"][1];
    assert_eq!(related["type"], "multipart/related");
    assert_eq!(related["parts"][0]["text"], letter.html);
    assert_eq!(related["parts"][1]["cid"], "<code1>");
    assert_eq!(related["parts"][1]["disposition"], "inline");
    assert_eq!(
        related["parts"][1]["sha256"],
        sha256(&letter.inline[0].bytes)
    );
    assert_eq!(alternative["parts"][2]["type"], "text/calendar");
    assert_eq!(alternative["parts"][2]["method"], "PUBLISH");
    let pdf = &root["parts"][1];
    assert_eq!(pdf["name"], "Eintritt für Zoë.pdf");
    assert_eq!(pdf["disposition"], "attachment");
    assert_eq!(pdf["sha256"], sha256(&letter.attachments[0].bytes));
}

fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn nothing_that_a_guest_is_called_begins_a_header() {
    for evil in [
        "Zoë\r\nBcc: all@example.org",
        "Zoë\nX-Evil: yes",
        "Zoë\rBcc: all@example.org",
        "Zoë\u{2028}Bcc: all@example.org",
        "Zoë\u{0}\u{85}Bcc: all@example.org",
        "\"; Bcc: all@example.org; \"",
        "=?utf-8?q?a=0D=0ABcc:_all@example.org?=",
        "<all@example.org>, Zoë",
        "Zoë\r\n\r\n<html>",
        &"very long ".repeat(200),
    ] {
        let mut letter = letter();
        letter.to = Mailbox::new(evil, address("zoe@example.org"));
        letter.from.name = evil.to_owned();
        letter.subject = format!("Hello {evil}");
        letter.attachments[0].name = format!("{evil}.pdf");
        let bytes = letter.to_bytes(None).unwrap();
        let headers = String::from_utf8(bytes.clone()).unwrap();
        let headers = headers.split("\r\n\r\n").next().unwrap();
        for line in headers.split("\r\n") {
            let lower = line.to_ascii_lowercase();
            assert!(
                !lower.starts_with("bcc") && !lower.starts_with("x-evil"),
                "{line}"
            );
            assert!(line.len() <= 998);
        }
        let Some(read) = read(&bytes) else { continue };
        assert_eq!(read["to"].as_array().unwrap().len(), 1, "{evil:?}");
        assert_eq!(read["to"][0][1], "zoe@example.org");
        assert_eq!(read["from"][0][1], "hello@library.example");
        assert!(header(&read, "bcc").is_empty() && header(&read, "x-evil").is_empty());
        assert_eq!(read["root"]["parts"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn refuses_what_can_not_stand_in_a_letter() {
    let bad = |change: fn(&mut Letter)| {
        let mut letter = letter();
        change(&mut letter);
        letter.to_bytes(None).unwrap_err()
    };
    assert_eq!(
        bad(|l| l.id = "a@b>\r\nBcc: x@y".to_owned()),
        LetterError::Id
    );
    assert_eq!(bad(|l| l.id = "no-at".to_owned()), LetterError::Id);
    assert_eq!(
        bad(|l| l.subject = " \r\n ".to_owned()),
        LetterError::NoSubject
    );
    assert_eq!(bad(|l| l.date_ms = -1), LetterError::Date);
    assert_eq!(bad(|l| l.date_ms = i64::MAX), LetterError::Date);
    assert_eq!(
        bad(|l| l.inline[0].cid = "a\r\nb".to_owned()),
        LetterError::Part("a\r\nb".to_owned())
    );
    assert_eq!(
        bad(|l| l.attachments[0].media_type = "application/pdf\r\nBcc: x".to_owned()).code(),
        "letter_part"
    );
    assert_eq!(
        bad(|l| l.calendar.as_mut().unwrap().method = "X\r\nBcc: y".to_owned()).code(),
        "letter_part"
    );
    for url in [
        "javascript:x",
        "https://a/\r\nBcc: b",
        "https://a/>,<b",
        "https://ü.example/",
    ] {
        let mut letter = letter();
        letter.unsubscribe.as_mut().unwrap().url = url.to_owned();
        assert_eq!(
            letter.to_bytes(None),
            Err(LetterError::Unsubscribe),
            "{url}"
        );
    }
    let mut heavy = letter();
    heavy.attachments[0].bytes = vec![0; 20 * 1024 * 1024].into();
    assert_eq!(heavy.to_bytes(None).unwrap_err().code(), "letter_too_heavy");
}

#[test]
fn offers_one_click_by_tls_alone() {
    let mut letter = letter();
    letter.unsubscribe.as_mut().unwrap().url = "http://10.0.0.7:8080/p/x".to_owned();
    let text = String::from_utf8(letter.to_bytes(None).unwrap()).unwrap();
    assert!(text.contains("List-Unsubscribe: <http://10.0.0.7:8080/p/x>"));
    assert!(!text.contains("One-Click"));
}

#[test]
fn writes_to_addresses_in_any_script() {
    let mut letter = letter();
    letter.to = Mailbox::new("用户", address("用户@例子.example"));
    assert!(letter.needs_utf8());
    let bytes = letter.to_bytes(None).unwrap();
    assert!(
        String::from_utf8(bytes)
            .unwrap()
            .contains("<用户@xn--fsqu00a.example>")
    );
    letter.to = Mailbox::new("", address("info@bücher.example"));
    assert!(!letter.needs_utf8());
    assert!(letter.to_bytes(None).unwrap().is_ascii());
}

/// Verifies as RFC 6376 says, with the package `cryptography` for the arithmetic.
const VERIFY: &str = r##"
import base64, hashlib, re, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
raw = sys.stdin.buffer.read()
head, body = raw.split(b'\r\n\r\n', 1)
fields = [(f.split(b':', 1)[0].strip().lower(), f) for f in re.split(rb'\r\n(?![ \t])', head)]
def relaxed(field):
    name, value = field.split(b':', 1)
    value = re.sub(rb'\r\n', b'', value)
    return name.strip().lower() + b':' + re.sub(rb'[ \t]+', b' ', value).strip()
signature = next(f for n, f in fields if n == b'dkim-signature')
tags = dict(
    (k.strip(), re.sub(r'\s+', '', v))
    for k, v in (t.split('=', 1) for t in relaxed(signature).decode().split(':', 1)[1].split(';'))
)
assert tags['v'] == '1' and tags['c'] == 'relaxed/relaxed', tags
lines = [re.sub(rb'[ \t]+', b' ', l).rstrip(b' ') for l in body.split(b'\r\n')]
while lines and not lines[-1]: lines.pop()
text = b''.join(l + b'\r\n' for l in lines)
good = base64.b64encode(hashlib.sha256(text).digest()).decode() == tags['bh']
left = list(fields)
signed = b''
for name in tags['h'].split(':'):
    at = next((i for i in range(len(left) - 1, -1, -1) if left[i][0] == name.encode()), None)
    if at is not None:
        signed += relaxed(left.pop(at)[1]) + b'\r\n'
assert 'from' in tags['h'].split(':')
bare = re.sub(rb'(;\s*b=)[^;]*$', rb'\1', signature)
signed += relaxed(bare)
record = dict(t.strip().split('=', 1) for t in sys.argv[1].split(';'))
key = base64.b64decode(record['p'])
given = base64.b64decode(tags['b'])
try:
    if tags['a'] == 'rsa-sha256':
        public = serialization.load_der_public_key(key)
        public.verify(given, signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        public = ed25519.Ed25519PublicKey.from_public_bytes(key)
        public.verify(given, hashlib.sha256(signed).digest())
except InvalidSignature:
    good = False
print(good)
"##;

const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";

#[test]
fn signatures_hold_for_another_program() {
    for key in [Signer::generate_key().unwrap(), ED25519.to_owned()] {
        let signer = Signer::new("library.example", "gate1", &key).unwrap();
        let (name, record) = signer.dns_record();
        assert_eq!(name, "gate1._domainkey.library.example");
        let mut letter = letter();
        // Spaces at the ends of lines and empty lines at the end are what servers change.
        letter.text = "a  b \t\n\n\n".to_owned();
        let bytes = letter.to_bytes(Some(&signer)).unwrap();
        assert_eq!(bytes, letter.to_bytes(Some(&signer)).unwrap());
        let verify = |bytes: &[u8]| python(VERIFY, &[&record], bytes);
        let Some(good) = verify(&bytes) else { return };
        assert_eq!(good.trim(), "True", "{record}");
        let text = String::from_utf8(bytes).unwrap();
        for (from, to) in [
            ("Dear", "Bear"),
            ("Message-ID: <00", "Message-ID: <01"),
            ("Subject: ", "Subject: x"),
        ] {
            let altered = text.replacen(from, to, 1);
            assert_ne!(altered, text, "{from}");
            let said = verify(altered.as_bytes()).unwrap();
            assert_eq!(said.trim(), "False", "{from}");
        }
        // Nobody adds a second sender.
        let added = format!("From: evil@example.org\r\n{text}");
        assert_eq!(verify(added.as_bytes()).unwrap().trim(), "False");
    }
}

#[test]
fn looks_as_it_did() {
    let mut letter = letter();
    letter.html = "<p>Dear Zoë</p>".to_owned();
    letter.inline[0].bytes = vec![1, 2, 3].into();
    letter.attachments[0].bytes = vec![4, 5, 6].into();
    let text = String::from_utf8(letter.to_bytes(None).unwrap()).unwrap();
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}
