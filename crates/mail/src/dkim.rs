//! Signatures of a domain on its mail: DKIM (RFC 6376), with RSA (RFC 8301) or Ed25519 (RFC 8463).
//!
//! Headers and body are signed in the relaxed form, which survives what mail servers do to white
//! space. The key is parsed once and kept, as in `crates/credential`.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What is signed where it stands in a letter; `From` alone is demanded by the standard, the
/// rest is what a reader sees or acts on.
const SIGNED: [&str; 14] = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "in-reply-to",
];

/// Headers that nobody may add on the way: they are named once more than they stand there.
const SEALED: [&str; 4] = ["from", "subject", "date", "to"];

/// Why a key can't sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The text is not a private key in PKCS #8 or PKCS #1, PEM or DER in Base64.
    #[error("the key is not a private key for RSA or Ed25519 in PEM")]
    Key,
    /// An RSA key shorter than receivers take.
    #[error("the RSA key has fewer than 1024 bits, which receivers refuse")]
    Short,
    /// The domain or the selector is not one of a DNS name.
    #[error("the domain or the selector can't be part of a DNS name")]
    Name,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// Signs letters for a domain, under a selector whose public key stands in the DNS.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// A signer with a private key in PEM (`PRIVATE KEY` or `RSA PRIVATE KEY`).
    ///
    /// # Errors
    ///
    /// When the key is none, or too short, or the names are not those of the DNS.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<Self, SignerError> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= 253
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        };
        if !is_name(domain) || !is_name(selector) {
            return Err(SignerError::Name);
        }
        let body: String = pem
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = STANDARD
            .decode(body.as_bytes())
            .map_err(|_| SignerError::Key)?;
        let key = if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            Key::Ed25519(Box::new(key))
        } else {
            let key = RsaKeyPair::from_pkcs8(&der)
                .or_else(|_| RsaKeyPair::from_der(&der))
                .map_err(|_| SignerError::Key)?;
            if key.public_modulus_len() < 128 {
                return Err(SignerError::Short);
            }
            Key::Rsa(Box::new(key))
        };
        Ok(Self {
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_ascii_lowercase(),
            key,
        })
    }

    /// A new RSA key of 2048 bits, in PEM.
    ///
    /// # Errors
    ///
    /// When the machine has no randomness to make one of.
    pub fn generate_key() -> Result<String, SignerError> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SignerError::Key)?;
        let der = key.as_der().map_err(|_| SignerError::Key)?;
        let body = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .filter_map(|line| std::str::from_utf8(line).ok())
            .collect();
        Ok(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ))
    }

    /// The name in the DNS that the public key has to stand under, and the text to put there.
    #[must_use]
    pub fn dns_record(&self) -> (String, String) {
        let (kind, key) = match &self.key {
            Key::Rsa(key) => (
                "rsa",
                aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(
                    key.public_key(),
                )
                .map(|der| STANDARD.encode(der.as_ref()))
                .unwrap_or_default(),
            ),
            Key::Ed25519(key) => ("ed25519", STANDARD.encode(key.public_key().as_ref())),
        };
        (
            format!("{}._domainkey.{}", self.selector, self.domain),
            format!("v=DKIM1; k={kind}; p={key}"),
        )
    }

    /// The header `DKIM-Signature` for a whole message, with its line break; the message is what
    /// follows it. `at` is UTC seconds.
    pub(crate) fn header(&self, message: &[u8], at: i64) -> String {
        let (headers, body) = split(message);
        let headers = fields(headers);
        let mut named = Vec::new();
        let mut signed = String::new();
        for name in SIGNED {
            // From the last to the first, as the standard counts them.
            for (_, field) in headers.iter().rev().filter(|(field, _)| *field == name) {
                named.push(name);
                signed.push_str(field);
                signed.push_str("\r\n");
            }
            if SEALED.contains(&name) {
                named.push(name);
            }
        }
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = STANDARD.encode(digest::digest(&digest::SHA256, &relaxed_body(body)));
        let unsigned = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n s={}; t={at};\r\n \
             h={};\r\n bh={body_hash};\r\n b=",
            self.domain,
            self.selector,
            named.join(":\r\n ")
        );
        signed.push_str(&relaxed_field(&unsigned).1);
        let signature = match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    signed.as_bytes(),
                    &mut signature,
                )
                .expect("a checked key signs any text");
                signature
            }
            // RFC 8463: the hash is what is signed.
            Key::Ed25519(key) => key
                .sign(digest::digest(&digest::SHA256, signed.as_bytes()).as_ref())
                .as_ref()
                .to_vec(),
        };
        let signature = STANDARD.encode(signature);
        let mut header = unsigned;
        for (at, line) in signature.as_bytes().chunks(72).enumerate() {
            if at > 0 {
                header.push_str("\r\n ");
            }
            header.extend(line.iter().copied().map(char::from));
        }
        header.push_str("\r\n");
        header
    }
}

/// Headers and body, without the empty line between them.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    message
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or((message, &[]), |at| {
            (&message[..at + 2], &message[at + 4..])
        })
}

/// Each header field in the relaxed form, under its name in lower case.
fn fields(headers: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(headers);
    let mut fields = Vec::new();
    let mut field = String::new();
    for line in text.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) && !field.is_empty() {
            fields.push(relaxed_field(&field));
            field.clear();
        }
        field.push_str(line);
    }
    if !field.is_empty() {
        fields.push(relaxed_field(&field));
    }
    fields
}

/// RFC 6376, 3.4.2: the name in lower case, the value unfolded, its white space one space.
fn relaxed_field(field: &str) -> (String, String) {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let name = name.trim().to_ascii_lowercase();
    let is_space = |c| matches!(c, ' ' | '\t' | '\r' | '\n');
    let words: Vec<&str> = value
        .split(is_space)
        .filter(|word| !word.is_empty())
        .collect();
    let whole = format!("{name}:{}", words.join(" "));
    (name, whole)
}

/// RFC 6376, 3.4.4: white space within lines one space, none at their ends, no empty lines at the
/// end of the body.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut end = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut space = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                space = true;
                continue;
            }
            if space {
                relaxed.push(b' ');
                space = false;
            }
            relaxed.push(*byte);
        }
        let is_empty = relaxed.last().is_none_or(|last| *last == b'\n');
        relaxed.extend_from_slice(b"\r\n");
        if !is_empty {
            end = relaxed.len();
        }
    }
    relaxed.truncate(end);
    relaxed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relaxes_as_the_standard_shows() {
        // The example of RFC 6376, 3.4.5.
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, body) = split(message);
        let fields: Vec<String> = fields(headers)
            .into_iter()
            .map(|(_, whole)| whole)
            .collect();
        assert_eq!(fields, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
    }

    #[test]
    fn relaxes_a_body_of_nothing_to_nothing() {
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n \r\n"), b"");
        assert_eq!(relaxed_body(b"no line break"), b"no line break\r\n");
    }

    #[test]
    fn takes_keys_and_refuses_what_is_none() {
        let pem = Signer::generate_key().unwrap();
        let signer = Signer::new("Example.org", "Gate1", &pem).unwrap();
        let (name, record) = signer.dns_record();
        assert_eq!(name, "gate1._domainkey.example.org");
        assert!(record.starts_with("v=DKIM1; k=rsa; p=MIIB"));
        assert_eq!(
            Signer::new("example.org", "a b", &pem).err(),
            Some(SignerError::Name)
        );
        for bad in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "ß",
        ] {
            assert_eq!(
                Signer::new("example.org", "s", bad).err(),
                Some(SignerError::Key)
            );
        }
    }
}
