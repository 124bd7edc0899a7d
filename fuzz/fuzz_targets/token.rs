//! A text at the gate: nothing is accepted but what the key signed, and no text makes a panic.
#![no_main]

use gatehouse_credential::token::Token;
use gatehouse_fuzz::{signed, verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = Token::parse(text);
    match verifier().verify(text) {
        Ok(_) => {
            let token = parsed.expect("what is verified has been read");
            assert!(
                signed().contains(&token),
                "accepted what was never signed: {text}"
            );
        }
        Err(refusal) => assert!(!refusal.code().is_empty()),
    }
});
