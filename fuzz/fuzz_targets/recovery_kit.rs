//! A recovery kit's text and a recovery code as typed. The text is read as it is, and again with
//! the checksum that it should have, which mutation alone never finds.
#![no_main]

use std::fmt::Write;
use std::sync::OnceLock;

use gatehouse_credential::recovery::{RecoveryCode, RecoveryKit};
use gatehouse_domain::id::WorkspaceId;
use gatehouse_fuzz::{event_key, vault};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|text: &str| {
    if let Ok(code) = text.parse::<RecoveryCode>() {
        let again: RecoveryCode = code.to_text().parse().expect("a code reads as written");
        assert_eq!(*again.to_text(), *code.to_text());
    }
    check(text);
    check(&with_checksum(text));
});

fn check(text: &str) {
    let Ok(kit) = RecoveryKit::from_text(text) else {
        return;
    };
    assert_eq!(RecoveryKit::from_text(&kit.to_text()).as_ref(), Ok(&kit));
    assert!(
        kit.open(strange_code()).is_err(),
        "another kit's code opens it"
    );
}

/// The text's lines with a checksum over them as the last.
fn with_checksum(text: &str) -> String {
    let mut body = String::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_end();
        if !line.is_empty() && !line.starts_with("Checksum: ") {
            body.push_str(line);
            body.push('\n');
        }
    }
    let hash = Sha256::digest(body.as_bytes());
    body.push_str("Checksum: ");
    for byte in &hash[..8] {
        write!(body, "{byte:02x}").expect("a string takes everything");
    }
    body.push('\n');
    body
}

/// The code of a kit that nobody has.
fn strange_code() -> &'static RecoveryCode {
    static CODE: OnceLock<RecoveryCode> = OnceLock::new();
    CODE.get_or_init(|| {
        let workspace = WorkspaceId(uuid::Uuid::from_u128(1));
        RecoveryKit::create(workspace, event_key(), &vault(), 0).1
    })
}
