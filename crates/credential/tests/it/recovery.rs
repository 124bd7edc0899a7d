//! The recovery kit restores a workspace's keys, with its code and not without.

use gatehouse_credential::recovery::{RecoveryCode, RecoveryError, RecoveryKit};
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::id::WorkspaceId;
use uuid::Uuid;

use crate::fixtures::fixed_key;

const WORKSPACE: WorkspaceId =
    WorkspaceId(Uuid::from_u128(0xc0ff_ee00_a1b2_8c3d_8e4f_0123_4567_89ab));

fn kit() -> (RecoveryKit, RecoveryCode, Vec<u8>) {
    let protector = Protector::Passphrase {
        passphrase: "correct horse",
        cost: PassphraseCost::FOR_TESTS,
    };
    let (vault, _) = Vault::create(protector).unwrap();
    let (kit, code) = RecoveryKit::create(WORKSPACE, &fixed_key(100), &vault, 1_795_000_000);
    (kit, code, vault.seal("mail", b"secret"))
}

#[test]
fn a_kit_and_its_code_restore_both_keys() {
    let (kit, code, sealed) = kit();
    let text = kit.to_text();
    assert!(
        text.is_ascii() && text.lines().all(|line| line.len() <= 64),
        "{text}"
    );
    let typed = code.to_text();
    assert_eq!(typed.len(), 34);
    let read = RecoveryKit::from_text(&text.replace('\n', "  \r\n")).unwrap();
    assert_eq!(read, kit);
    assert_eq!(
        (read.workspace(), read.root(), read.made_at()),
        (WORKSPACE, fixed_key(100).id(), 1_795_000_000)
    );
    for typed in [
        typed.to_string(),
        typed.to_lowercase().replace('-', " "),
        typed.replace('-', "").replace('0', "o").replace('1', "l"),
    ] {
        let recovered = read.open(&typed.parse().unwrap()).unwrap();
        assert_eq!(recovered.root.public(), fixed_key(100).public());
        assert_eq!(
            recovered.vault.open("mail", &sealed).unwrap().as_slice(),
            b"secret"
        );
    }
}

#[test]
fn mistakes_have_their_own_names() {
    let (kit, code, _) = kit();
    let (_, other_code, _) = self::kit();
    assert_eq!(kit.open(&other_code).unwrap_err(), RecoveryError::WrongCode);
    let typed = code.to_text();
    let mut slips = vec![
        String::new(),
        typed[1..].to_owned(),
        format!("{}0", *typed),
        "U".repeat(28),
    ];
    for (i, c) in typed.char_indices().filter(|(_, c)| *c != '-') {
        let other = if c == 'Z' { 'Y' } else { 'Z' };
        slips.push(format!("{}{other}{}", &typed[..i], &typed[i + 1..]));
    }
    for slip in slips {
        assert_eq!(
            slip.parse::<RecoveryCode>().unwrap_err(),
            RecoveryError::CodeMistyped,
            "{slip}"
        );
    }
    let text = kit.to_text();
    for (changed, expected) in [
        (String::new(), RecoveryError::NotAKit),
        ("x".repeat(1 << 20), RecoveryError::NotAKit),
        (text.replace("KIT 1", "KIT 2"), RecoveryError::Newer),
        (
            text.replace("Made at: 1795", "Made at: 1796"),
            RecoveryError::Damaged,
        ),
        (text[..text.len() - 30].to_owned(), RecoveryError::Damaged),
        (
            text.replace("Checksum: ", "Checksum: 0"),
            RecoveryError::Damaged,
        ),
    ] {
        assert_eq!(
            RecoveryKit::from_text(&changed).unwrap_err(),
            expected,
            "{changed:.60}"
        );
    }
    for (i, c) in text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_alphanumeric())
    {
        let other = if c == 'a' { 'b' } else { 'a' };
        let changed = format!("{}{other}{}", &text[..i], &text[i + 1..]);
        assert!(RecoveryKit::from_text(&changed).is_err(), "{changed}");
    }
    assert!(!format!("{code:?} {kit:?}").contains(&typed[..4]));
}
