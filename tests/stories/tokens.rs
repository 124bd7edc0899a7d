//! Codes that lie, against the exported public key.

use crate::office::{Office, have, skip, text};

#[test]
fn a_code_verifies_with_the_exported_key_at_its_time_and_no_other_way() {
    if !have("pdftoppm") {
        skip("pdftoppm is not here: there is no printed code to verify");
        return;
    }
    let office = Office::with_event("rsa-2048");
    let list = office.write("list.csv", b"Name\nAda Lark\n");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let key = text(&office.path("public.pem"));
    office.must_on_event(&["event", "keys"], &["--public", &key]);
    let code = office.printed_codes("INV-0001").remove(0);
    let jwt = office.must(&["token", &code]).trim().to_owned();
    assert_eq!(
        office.must(&["token", &jwt]).trim(),
        jwt,
        "either form in, the JWT out"
    );
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    // {"alg":"none","typ":"ticket+jwt"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoidGlja2V0K2p3dCJ9.{payload}.");
    let huge = "A".repeat(100_000);
    let table = [
        ("the code", code.as_str(), None, true),
        ("its JWT", &jwt, None, true),
        ("before its time", &jwt, Some("1970-01-02T00:00:00Z"), false),
        ("after its time", &jwt, Some("2126-01-01T00:00:00Z"), false),
        ("cut", &jwt[..jwt.len() - 8], None, false),
        ("without its signature", signed, None, false),
        ("alg none", &unsigned, None, false),
        (
            "turned signature",
            &format!("{signed}.{}", &signature[4..]),
            None,
            false,
        ),
        ("huge", &huge, None, false),
        ("nothing", "", None, false),
    ];
    for (says, text, at, valid) in table {
        let mut args = vec!["verify", text, "--key", &key, "--json"];
        if let Some(at) = at {
            args.extend(["--at", at]);
        }
        let output = office.run(&args);
        assert_eq!(output.status.success(), valid, "{says}");
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["valid"], valid, "{says}");
    }
}
