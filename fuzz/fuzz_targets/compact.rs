//! The compact form: what is read, as packed bytes or as text, is the same in every other form.
#![no_main]

use gatehouse_credential::token::Token;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(token) = Token::from_bytes(bytes) {
        check(&token);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(token) = Token::parse(text)
    {
        check(&token);
    }
});

fn check(token: &Token) {
    assert_eq!(Token::from_bytes(&token.to_bytes()).as_ref(), Ok(token));
    assert_eq!(Token::parse(&token.compact()).as_ref(), Ok(token));
    assert_eq!(Token::parse(token.jwt()).as_ref(), Ok(token));
}
