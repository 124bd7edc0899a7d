//! Claims behind a good signature: what a key signed is read without a panic, whatever it says,
//! and what is read is written and read as the same.
#![no_main]

use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::token::Token;
use gatehouse_fuzz::{EVENT, event_key, verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| {
    if let Some(claims) = TicketClaims::from_json(payload) {
        let json = claims.to_json();
        assert_eq!(
            TicketClaims::from_json(json.as_bytes()).as_ref(),
            Some(&claims)
        );
        // Too long a name makes no token; that is the one reason not to sign.
        let Ok(token) = Token::sign(event_key(), &claims) else {
            return;
        };
        for text in [token.jwt().to_owned(), token.compact()] {
            match verifier().verify(&text) {
                Ok(verified) => assert_eq!(verified.claims, claims),
                Err(refusal) => assert!(claims.event != EVENT, "{refusal} for {json}"),
            }
        }
    }
});
