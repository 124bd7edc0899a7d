//! The key directory: only the root's word counts, and only its latest.

use gatehouse_credential::directory::{
    DirectoryError, DirectoryMark, KeyCertificate, KeyDirectory, KeyTerms,
};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_credential::token::Token;
use gatehouse_credential::verify::{KeyStatus, Verifier};

use crate::fixtures::{EVENT, OTHER_EVENT, fixed_key, rsa_key, slim};

const MARK: DirectoryMark = DirectoryMark {
    epoch: 2,
    sequence: 7,
};

fn terms(version: u32, status: KeyStatus) -> KeyTerms {
    KeyTerms {
        event: EVENT,
        version,
        status,
        home_epoch: 2,
        not_before: 1_795_000_000,
    }
}

fn certify(root: &SigningKey, key: &SigningKey, terms: KeyTerms) -> KeyCertificate {
    KeyCertificate::issue(root, key.public(), terms).unwrap()
}

fn directory(root: &SigningKey) -> KeyDirectory {
    let certificates = vec![
        certify(root, &fixed_key(1), terms(1, KeyStatus::Rotated)),
        certify(root, rsa_key(), terms(2, KeyStatus::Active)),
        certify(
            root,
            &fixed_key(3),
            KeyTerms {
                event: OTHER_EVENT,
                ..terms(1, KeyStatus::Active)
            },
        ),
    ];
    KeyDirectory::issue(root, MARK, certificates).unwrap()
}

#[test]
fn a_stored_directory_makes_a_verifier() {
    let root = fixed_key(100);
    let stored = serde_json::to_string(&directory(&root)).unwrap();
    let read: KeyDirectory = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, directory(&root));
    let entries = read.verify_against(root.public(), Some(MARK)).unwrap();
    let verifier = Verifier::new(EVENT, entries);
    for key in [rsa_key(), &fixed_key(1)] {
        let token = Token::sign(key, &slim()).unwrap();
        assert_eq!(verifier.verify(token.jwt()).unwrap().kid, key.id());
    }
    assert_eq!(verifier.key(fixed_key(3).id()).unwrap().event, OTHER_EVENT);
}

#[test]
fn any_change_is_noticed() {
    let root = fixed_key(100);
    type Change = fn(&mut KeyDirectory);
    let table: [(&str, Change); 12] = [
        ("epoch", |d| d.epoch += 1),
        ("sequence", |d| d.sequence += 1),
        ("left out", |d| drop(d.certificates.remove(0))),
        ("order", |d| d.certificates.swap(0, 1)),
        ("own signature", |d| d.signature[0] ^= 1),
        ("kid", |d| d.certificates[0].kid.0[0] ^= 1),
        ("event", |d| d.certificates[0].event = OTHER_EVENT),
        ("profile", |d| {
            d.certificates[0].profile = KeyProfile::Rsa2048;
        }),
        ("key", |d| {
            d.certificates[0].spki = fixed_key(9).public().spki_der().to_vec();
        }),
        ("status", |d| d.certificates[0].status = KeyStatus::Active),
        ("home epoch", |d| d.certificates[0].home_epoch = 9),
        ("certificate's signature", |d| {
            d.certificates[0].signature[0] ^= 1;
        }),
    ];
    for (name, change) in table {
        let mut changed = directory(&root);
        change(&mut changed);
        assert_eq!(
            changed.verify_against(root.public(), None).unwrap_err(),
            DirectoryError::Directory,
            "{name}"
        );
    }
    let certificate = &directory(&root).certificates[0];
    assert_eq!(
        certificate.verify(root.public()).as_ref(),
        Ok(fixed_key(1).public())
    );
    for change in [
        |c: &mut KeyCertificate| c.version += 1,
        |c: &mut KeyCertificate| c.not_before += 1,
        |c: &mut KeyCertificate| c.status = KeyStatus::Revoked,
        |c: &mut KeyCertificate| c.event = OTHER_EVENT,
    ] {
        let mut changed = certificate.clone();
        change(&mut changed);
        let refusal = changed.verify(root.public()).unwrap_err();
        assert_eq!(refusal, DirectoryError::Certificate(certificate.kid));
    }
}

#[test]
fn another_root_is_refused() {
    let root = fixed_key(100);
    let other = fixed_key(101);
    assert_eq!(
        directory(&root)
            .verify_against(other.public(), None)
            .unwrap_err(),
        DirectoryError::Directory
    );
    // A certificate of another root inside a directory of ours.
    let foreign = certify(&other, &fixed_key(1), terms(1, KeyStatus::Active));
    assert_eq!(
        KeyDirectory::issue(&root, MARK, vec![foreign]).unwrap_err(),
        DirectoryError::Certificate(fixed_key(1).id())
    );
    let refusal = KeyCertificate::issue(
        rsa_key(),
        fixed_key(1).public(),
        terms(1, KeyStatus::Active),
    );
    assert_eq!(refusal, Err(DirectoryError::Root(KeyProfile::Rsa2048)));
}

#[test]
fn an_older_directory_is_refused() {
    let root = fixed_key(100);
    let offered = directory(&root);
    let known = |epoch, sequence| Some(DirectoryMark { epoch, sequence });
    for (known, accepted) in [
        (None, true),
        (known(1, 99), true),
        (known(2, 6), true),
        (known(2, 7), true),
        (known(2, 8), false),
        (known(3, 0), false),
    ] {
        match offered.verify_against(root.public(), known) {
            Ok(_) => assert!(accepted, "{known:?}"),
            Err(DirectoryError::Older { offered, .. }) => {
                assert!(!accepted && offered == MARK, "{known:?}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_key_stands_once_and_an_event_has_one_active_key() {
    let root = fixed_key(100);
    let issue = |certificates| KeyDirectory::issue(&root, MARK, certificates).unwrap_err();
    let one = certify(&root, &fixed_key(1), terms(1, KeyStatus::Active));
    let again = certify(&root, &fixed_key(1), terms(1, KeyStatus::Revoked));
    let two = certify(&root, &fixed_key(2), terms(2, KeyStatus::Active));
    assert_eq!(
        issue(vec![one.clone(), again]),
        DirectoryError::Twice(fixed_key(1).id())
    );
    assert_eq!(issue(vec![one, two]), DirectoryError::TwoActive(EVENT));
}
