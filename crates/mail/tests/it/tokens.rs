//! Access tokens, bought from a provider on the loopback.

use gatehouse_mail::oauth::{OAuthError, OAuthSettings, Tokens};
use gatehouse_mail::smtp::Secret;
use gatehouse_testkit::TextProvider;

fn settings(url: &str) -> OAuthSettings {
    OAuthSettings {
        token_url: url.to_owned(),
        client_id: "gatehouse".to_owned(),
        client_secret: Some(Secret::new("a&b")),
        refresh_token: Secret::new("first"),
        scope: "https://mail.example.org/ smtp".to_owned(),
    }
}

#[test]
fn buys_a_token_keeps_it_and_takes_what_is_renewed() {
    let provider = TextProvider::start(vec![
        (
            200,
            r#"{"access_token":"t1","expires_in":3600,"refresh_token":"second"}"#,
        ),
        (200, r#"{"access_token":"t2","expires_in":3600}"#),
    ]);
    let mut tokens = Tokens::new(settings(&provider.url("/token"))).unwrap();
    assert_eq!(tokens.access(0).unwrap(), Secret::new("t1"));
    assert_eq!(tokens.access(3_500_000).unwrap(), Secret::new("t1"));
    assert_eq!(tokens.take_renewed(), Some(Secret::new("second")));
    assert_eq!(tokens.take_renewed(), None);
    assert_eq!(tokens.access(3_550_000).unwrap(), Secret::new("t2"));
    let asked = provider.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].ends_with(
        "grant_type=refresh_token&client_id=gatehouse&refresh_token=first&client_secret=a%26b\
         &scope=https%3A%2F%2Fmail.example.org%2F%20smtp"
    ));
    assert!(asked[1].contains("refresh_token=second"));
    assert!(!format!("{tokens:?}").contains("t2"));
}

#[test]
fn says_when_a_person_has_to_consent_again() {
    let provider = TextProvider::start(vec![
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Token\r\nrevoked"}"#,
        ),
        (500, "<html>"),
        (200, r#"{"access_token":"a b"}"#),
        (200, "{}"),
    ]);
    let mut tokens = Tokens::new(settings(&provider.url("/token"))).unwrap();
    let error = tokens.access(0).unwrap_err();
    assert_eq!(error.code(), "oauth_consent_again");
    assert_eq!(
        error.to_string(),
        "the provider refused the account (invalid_grant): Token revoked"
    );
    assert_eq!(tokens.access(0).unwrap_err().code(), "oauth_refused");
    assert_eq!(tokens.access(0).unwrap_err(), OAuthError::Answer);
    assert_eq!(tokens.access(0).unwrap_err(), OAuthError::Answer);
    assert_eq!(
        Tokens::new(settings("http://token.example.org/")).unwrap_err(),
        OAuthError::Address
    );
}
