//! Short messages, through a provider on the loopback.

use gatehouse_mail::channel::{BodyKind, Channel, GatewaySettings, HttpGateway};
use gatehouse_mail::smtp::{Of, Secret, SendError};
use gatehouse_testkit::TextProvider;

fn settings(url: String) -> GatewaySettings {
    GatewaySettings {
        method: "POST".to_owned(),
        url,
        headers: vec![("Authorization".to_owned(), "Bearer {{ secret }}".to_owned())],
        body: r#"{"from": {{ from }}, "to": {{ to }}, "text": {{ text }}, "ref": {{ reference }}}"#
            .to_owned(),
        body_kind: BodyKind::Json,
        from: "Library".to_owned(),
        success_pointer: "/messages/0/status".to_owned(),
        success_value: "0".to_owned(),
        id_pointer: "/messages/0/id".to_owned(),
        reason_pointer: "/messages/0/error".to_owned(),
        patience_seconds: 10,
    }
}

const TEXT: &str = "Zoë says \"hi\"\n<b> & 'bye' }} {{ secret }} \\ €";

#[test]
fn fills_in_json_so_that_nothing_breaks_out() {
    let provider = TextProvider::start(vec![(200, r#"{"messages":[{"status":"0","id":"m-17"}]}"#)]);
    let gateway = HttpGateway::new(settings(provider.url("/send")), Secret::new("k3y")).unwrap();
    let receipt = gateway.send("+44 20 7946 0018", TEXT, "ref-1").unwrap();
    assert_eq!(receipt.reply, "m-17");
    let asked = provider.asked().remove(0);
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_ascii_lowercase()
            .contains("authorization: bearer k3y")
    );
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["to"], "+442079460018");
    assert_eq!(body["text"], TEXT);
    assert_eq!(body["ref"], "ref-1");
    assert!(!format!("{gateway:?}").contains("k3y"));
}

#[test]
fn fills_in_forms_and_addresses_so_that_nothing_breaks_out() {
    let provider = TextProvider::start(vec![(201, "{}"), (200, "ok")]);
    let mut form = settings(provider.url("/{{ from }}/send"));
    form.body = "To={{ to }}&Body={{ text }}".to_owned();
    form.body_kind = BodyKind::Form;
    form.success_pointer.clear();
    form.from = "a/../b?c=d".to_owned();
    let gateway = HttpGateway::new(form.clone(), Secret::new("k")).unwrap();
    gateway.send("+442079460018", "a&b=c ü", "r").unwrap();
    form.method = "GET".to_owned();
    let gateway = HttpGateway::new(form, Secret::new("k")).unwrap();
    gateway.send("+442079460018", "x", "r").unwrap();
    let asked = provider.asked();
    assert!(
        asked[0].starts_with("POST /a%2F..%2Fb%3Fc%3Dd/send HTTP"),
        "{}",
        asked[0]
    );
    assert!(asked[0].ends_with("\r\n\r\nTo=%2B442079460018&Body=a%26b%3Dc%20%C3%BC"));
    assert!(asked[1].starts_with("GET "));
}

#[test]
fn reads_what_an_answer_means() {
    let provider = TextProvider::start(vec![
        (
            200,
            r#"{"messages":[{"status":"6","error":"Bad\nnumber"}]}"#,
        ),
        (400, r#"{"messages":[{"error":"Unroutable"}]}"#),
        (401, "{}"),
        (429, "{}"),
        (503, "{}"),
        (500, "{}"),
        (302, "{}"),
        (0, ""),
    ]);
    let gateway = HttpGateway::new(settings(provider.url("/send")), Secret::new("k")).unwrap();
    let next = || gateway.send("+442079460018", "x", "r").unwrap_err();
    let refused = next();
    assert!(
        matches!(&refused, SendError::Refused { of: Of::Recipient, code: 200, text, .. } if text == "Bad number"),
        "{refused:?}"
    );
    assert_eq!(next().code(), "refused_recipient");
    assert_eq!(next().code(), "refused_sender");
    assert_eq!(next().code(), "later");
    assert_eq!(next().code(), "later");
    assert_eq!(next().code(), "unknown_outcome");
    // Nobody is followed elsewhere with what was given to this one.
    assert_eq!(next().code(), "refused_recipient");
    assert_eq!(next().code(), "unknown_outcome");
}

#[test]
fn refuses_what_can_not_be_sent() {
    let good = || settings("http://127.0.0.1:9/x".to_owned());
    let refused = |settings: GatewaySettings| {
        HttpGateway::new(settings, Secret::new("k"))
            .unwrap_err()
            .code()
    };
    let mut bad = good();
    bad.url = "http://sms.example.org/".to_owned();
    assert_eq!(refused(bad), "gateway_address");
    let mut bad = good();
    bad.method = "DELETE".to_owned();
    assert_eq!(refused(bad), "gateway_method");
    let mut bad = good();
    bad.headers.push(("X\r\nY".to_owned(), "z".to_owned()));
    assert_eq!(refused(bad), "gateway_header");
    let mut bad = good();
    bad.body = "{{ to".to_owned();
    assert_eq!(refused(bad), "gateway_template");

    let gateway = HttpGateway::new(good(), Secret::new("k")).unwrap();
    let code = |to: &str, text: &str| gateway.send(to, text, "r").unwrap_err().code();
    assert_eq!(code("020 7946 0018", "x"), "refused_recipient");
    assert_eq!(code("+442079460018", ""), "refused_content");
    assert_eq!(code("+442079460018", &"x".repeat(5000)), "refused_content");
    // Nothing listens there.
    assert_eq!(code("+442079460018", "x"), "gateway_silent");
}
