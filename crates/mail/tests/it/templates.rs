//! Templates: what they may say, how much, and what is found wrong with them.

use gatehouse_domain::delivery::MessageKind;
use gatehouse_mail::gallery;
use gatehouse_mail::template::{Severity, Source};
use gatehouse_mail::{Template, TemplateError};
use proptest::prelude::*;
use serde_json::json;

fn mjml(body: &str) -> String {
    format!(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{body}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
}

fn compile(subject: &str, body: &str, text: &str) -> Result<Template, TemplateError> {
    Template::compile(Source {
        subject: subject.to_owned(),
        mjml: mjml(body),
        text: text.to_owned(),
    })
}

#[test]
fn a_guest_s_words_stay_words() {
    let template = compile(
        "For {{ name }}",
        "<b>{{ name }}</b> <a href=\"https://x.example/?n={{ name }}\">x</a> {{ name|upper }} {{ name|paragraphs }}",
        "{{ name }}",
    )
    .unwrap();
    for evil in [
        "<script>alert(1)</script>",
        "\" onmouseover=\"x",
        "{{ secret }}{% for x in y %}",
        "ghv0x ghv1x",
        "</mj-text><mj-raw>",
        "<!--[if mso]>",
        "&lt;b&gt;",
    ] {
        let message = template
            .render(&json!({ "name": evil, "secret": "hidden" }))
            .unwrap();
        assert_eq!(message.text.trim_end(), evil);
        assert_eq!(message.subject, format!("For {evil}"));
        let body = &message.html[message.html.find("<body").unwrap()..];
        for raw in [
            "<script",
            "<SCRIPT",
            "onmouseover=\"x",
            "<mj-",
            "</mj-",
            "hidden",
        ] {
            assert!(!body.contains(raw), "{evil}: {raw}");
        }
        let escaped = evil
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        assert!(
            body.contains(&format!("<b>{escaped}</b>")),
            "{evil}: {body}"
        );
    }
    let lines = template.render(&json!({ "name": "a\r\nBcc: b" })).unwrap();
    assert_eq!(lines.subject, "For a Bcc: b");
}

#[test]
fn loops_and_conditions_stand_between_elements_too() {
    let template = Template::compile(Source {
        subject: "x".to_owned(),
        mjml: "<mjml><mj-body>{% for code in codes %}{% if code.n < 3 and code.n > 0 %}<mj-section><mj-column>\
               <mj-text>No {{ code.n }}</mj-text></mj-column></mj-section>{% endif %}{% endfor %}</mj-body></mjml>"
            .to_owned(),
        text: "{% for code in codes %}\n- {{ code.n }}\n{% endfor %}".to_owned(),
    })
    .unwrap();
    let message = template
        .render(&json!({ "codes": [{ "n": 1 }, { "n": 2 }, { "n": 3 }] }))
        .unwrap();
    assert_eq!(message.html.matches("No ").count(), 2);
    assert_eq!(message.text, "- 1\n- 2\n- 3\n");
}

#[test]
fn what_could_run_away_is_refused() {
    let code = |body: &str| compile("x", body, "x").unwrap_err().code;
    for (body, wanted) in [
        ("{% set x = 1 %}", "template_statement"),
        ("{% macro f() %}{% endmacro %}", "template_statement"),
        ("{% include 'x' %}", "template_statement"),
        ("{% extends 'x' %}", "template_statement"),
        (
            "{% for x in y recursive %}{{ loop(x) }}{% endfor %}",
            "template_statement",
        ),
        ("{{ 'a' * 1000000 }}", "template_operator"),
        ("{{ x|replace('a', 'b') }}", "template_filter"),
        ("{{ x|safe }}", "template_filter"),
        ("{{ x", "template_syntax"),
        ("{% if x %}", "template_syntax"),
        ("{% endfor %}", "template_syntax"),
    ] {
        assert_eq!(code(body), wanted, "{body}");
    }
    let nested = format!("{}x{}", "{% if x %}".repeat(100), "{% endif %}".repeat(100));
    assert_eq!(code(&nested), "template_nested");
    assert_eq!(
        code(&format!(
            "{{{{ {}x{} }}}}",
            "(".repeat(500),
            ")".repeat(500)
        )),
        "template_nested"
    );
    assert_eq!(code(&"x".repeat(10 * 1024 * 1024)), "template_too_large");
    assert_eq!(compile("x", "<b", "x").unwrap_err().code, "mjml_syntax");
    let error = compile("x", "a", "one\ntwo {{ | }}\n").unwrap_err();
    assert_eq!(
        (error.part, error.line),
        (gatehouse_mail::template::Part::Text, 2)
    );
}

#[test]
fn what_runs_away_is_stopped() {
    let many: Vec<u32> = (0..1000).collect();
    let long = "y".repeat(2000);
    let loops = "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}";
    let endless = compile("x", loops, "x").unwrap();
    let error = endless.render(&json!({ "many": many })).unwrap_err();
    assert_eq!(error.code, "template_endless");
    let wide = compile("x", "{% for a in many %}{{ long }}{% endfor %}", "x").unwrap();
    let error = wide
        .render(&json!({ "many": many, "long": long }))
        .unwrap_err();
    assert_eq!(error.code, "message_too_large");
}

#[test]
fn every_unknown_name_is_found_with_its_line() {
    let source = Source {
        subject: "{{ event.titel }}".to_owned(),
        mjml: "<mjml><mj-body><mj-section><mj-column><mj-text>\n{{ guest.nam }}\n{% for code in codes %}{{ code.sead }}{{ loop.index }}{% endfor %}\
               \n{{ code.number }}<a href=\"{{ links.unsubscribe }}\">Leave</a></mj-text></mj-column></mj-section></mj-body></mjml>"
            .to_owned(),
        text: "{% if guest.vip %}x{% endif %}{{ guest.name|default(value=nobody) }}".to_owned(),
    };
    let found: Vec<(String, usize)> = Template::compile(source)
        .unwrap()
        .findings(&gallery::sample_vars())
        .into_iter()
        .filter(|finding| finding.code == "unknown_variable")
        .map(|finding| (finding.detail, finding.line))
        .collect();
    let wanted = [
        ("event.titel", 1),
        ("guest.nam", 2),
        ("code.sead", 3),
        ("code.number", 4),
        ("guest.vip", 1),
        ("nobody", 1),
    ];
    assert_eq!(found, wanted.map(|(name, line)| (name.to_owned(), line)));
}

#[test]
fn finds_what_spam_filters_hold_against_a_message() {
    let codes = |subject: &str, body: &str, text: &str| -> Vec<&'static str> {
        let template = compile(subject, body, text).unwrap();
        let mut codes: Vec<_> = template
            .findings(&gallery::sample_vars())
            .iter()
            .map(|finding| finding.code)
            .collect();
        codes.dedup();
        codes
    };
    let leave = "<a href=\"{{ links.unsubscribe }}\">Leave</a>";
    let words =
        "We would like to invite you to an evening by the harbour, with music and a reading.";
    let good = format!("{words} {leave}");
    assert_eq!(codes("An evening", &good, "x"), [""; 0]);
    assert_eq!(codes("COME TO OUR PARTY", &good, "x"), ["subject_capitals"]);
    assert_eq!(codes("Come!! Now!", &good, "x"), ["subject_exclamations"]);
    assert_eq!(codes("Re: your order", &good, "x"), ["subject_pretends"]);
    assert_eq!(codes(&"long ".repeat(20), &good, "x"), ["subject_long"]);
    assert_eq!(codes("", &good, "x"), ["subject_empty"]);
    assert_eq!(
        codes("{% if false %}x{% endif %}", &good, "x"),
        ["subject_empty"]
    );
    assert_eq!(codes("x", &good, " "), ["no_text"]);
    assert_eq!(codes("x", words, "x"), ["no_unsubscribe", "no_link"]);
    let link = |to: &str, shown: &str| format!("{good} <a href=\"{to}\">{shown}</a>");
    for (to, shown, code) in [
        (
            "https://evil.example/",
            "https://bank.example/login",
            "link_shows_another",
        ),
        (
            "https://evil.example/",
            "www.bank.example",
            "link_shows_another",
        ),
        ("https://bit.ly/x", "here", "link_shortened"),
        ("http://a.example/", "here", "link_in_clear"),
        ("javascript:alert(1)", "here", "link_kind"),
        ("#", "here", "link_empty"),
    ] {
        assert_eq!(codes("x", &link(to, shown), "x"), [code], "{to}");
    }
    for (to, shown) in [
        ("https://www.a.example/x", "a.example"),
        ("https://tickets.a.example/x", "a.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("https://a.example/", "St. Nicholas"),
    ] {
        assert_eq!(codes("x", &link(to, shown), "x"), [""; 0], "{shown}");
    }
    let picture = format!("<img src=\"https://a.example/x.png\" /> {leave}");
    assert_eq!(
        codes("x", &picture, "x"),
        [
            "only_pictures",
            "picture_elsewhere",
            "picture_without_words"
        ]
    );
    let huge = format!("{good} {}", "many words ".repeat(12_000));
    assert_eq!(codes("x", &huge, "x"), ["html_large"]);
    assert_eq!(
        codes("x", &format!("{good} a! b! c! d! e! f!"), "x"),
        ["exclamations"]
    );
}

#[test]
fn tells_what_a_guest_s_message_would_lack() {
    let template = compile(
        "{{ event.title }}",
        "{{ guest.name }} {{ event.place }} {% if event.time %}{{ event.time }}{% endif %}",
        "{{ guest.name|upper }}",
    )
    .unwrap();
    let values = json!({ "event": { "title": "Gala", "place": " ", "time": "" }, "guest": {} });
    assert_eq!(template.blanks(&values), ["guest.name", "event.place"]);
}

#[test]
fn the_gallery_takes_any_guest() {
    let mut values = gallery::sample_vars();
    values["guest"]["name"] = json!("<b>\"{{ x }}\" & Co</b>");
    values["guest"]["first_name"] = json!("");
    values["codes"] = json!(vec![values["codes"][0].clone(); 40]);
    for kind in MessageKind::ALL {
        let template = Template::compile(gallery::source(*kind, "en")).unwrap();
        assert!(
            template
                .findings(&gallery::sample_vars())
                .iter()
                .all(|f| f.severity != Severity::Error)
        );
        let message = template.render(&values).unwrap();
        assert!(!message.html.contains("<b>\""), "{kind:?}");
        assert!(
            message.html.len() < 100 * 1024,
            "{kind:?}: {}",
            message.html.len()
        );
        // Where mail programs show no pictures, the number is there as text.
        if *kind == MessageKind::Ticket {
            assert_eq!(message.text.matches("000212").count(), 80);
        }
    }
}

proptest! {
    #[test]
    fn no_template_breaks_anything(
        subject in ".{0,40}",
        body in "(\\{\\{|\\}\\}|\\{%|%\\}|for|if|endif| in |x|\\.|<|>|/|mj-text|mj-raw|\"|'|[a-z é|()*=]){0,40}",
        text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|for|x| |\n){0,30}",
    ) {
        if let Ok(template) = compile(&subject, &body, &text) {
            let _ = template.findings(&gallery::sample_vars());
            let _ = template.blanks(&json!({}));
            let _ = template.render(&json!({ "x": "y" }));
        }
    }
}
