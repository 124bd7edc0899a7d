//! Signed tickets among what is held up.

use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_credential::token::Token;
use gatehouse_domain::id::{EventId, TicketId};
use gatehouse_gate::scanner::{Affixes, plain};
use gatehouse_gate::{Kind, recognise};
use uuid::Uuid;

fn claims() -> TicketClaims {
    TicketClaims {
        ticket: TicketId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_fedc_ba98_7654)),
        version: 1,
        event: EventId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0123_4567_89ab)),
        issued_at: 1_795_000_000,
        not_before: 1_795_000_000,
        expires_at: 4_102_444_800,
        full: None,
    }
}

#[test]
fn our_tickets_are_recognised_in_both_forms_and_through_a_scanner() {
    let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
    let token = Token::sign(&key, &claims()).unwrap();
    for form in [token.compact(), token.jwt().to_owned()] {
        assert_eq!(recognise(&form), Kind::Ticket, "{form}");
        for around in ["", "]Q1", "]Q1\\000026", "]Q3"] {
            let text = plain(&format!("{around}{form}\r\n"), &Affixes::default());
            assert_eq!(text, form, "{around}");
        }
        let damaged = &form[..form.len() - 30];
        assert_ne!(recognise(&format!("{damaged}!")), Kind::Ticket);
    }
}
