//! Lists that are none, or that lie: a clear error with a stable code, and nothing is written.

use crate::office::{Office, stderr};

#[test]
fn a_list_that_is_none_is_refused_with_its_code_and_nothing_is_written() {
    let office = Office::with_event("ed25519");
    let huge = office.path("huge.csv");
    // Sparse: two gigabytes that take no room.
    std::fs::File::create(&huge)
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    let table: &[(&str, &[u8], &str)] = &[
        ("empty.csv", b"", "file_empty"),
        ("blank.csv", b"\n \n\t\n", "file_blank"),
        (
            "program.csv",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
            "file_not_a_table",
        ),
        (
            "paper.csv",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
            "file_not_a_table",
        ),
        ("header.csv", b"Name,E-mail\n", "rows_missing"),
        (
            "nameless.csv",
            b"E-mail,Phone\na@example.org,+15550100\n",
            "name_column_missing",
        ),
    ];
    for (name, bytes, code) in table {
        let path = office.write(name, bytes);
        let output = office.on_event(&["import"], &[&path]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(
            stderr(&output).contains(&format!("[{code}]")),
            "{name}: {}",
            stderr(&output)
        );
    }
    let output = office.on_event(&["import"], &[huge.to_str().unwrap()]);
    assert!(
        stderr(&output).contains("[file_too_large]"),
        "{}",
        stderr(&output)
    );
    let output = office.on_event(&["import"], &["no-such-file.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(office.show()["guests"], 0);
}

#[test]
fn every_bad_row_is_told_and_none_is_written_until_the_good_ones_are_asked_for() {
    let office = Office::with_event("ed25519");
    let list = office.write(
        "bad.csv",
        b"Name,E-mail,Ticket type,Notes\n\
          Ada Lark,ada@example.org,VIP,\"two\nlines\"\n\
          ,nobody@example.org,VIP,\n\
          Ben Moss,not-an-address,VIP,\n\
          Cy Reed,cy@example.org,Emperor,\n\
          Ada Lark,ada@example.org,VIP,\n\
          Di Tarn,di@example.org,Standard,=HYPERLINK(\"http://example.org\")\n",
    );
    let output = office.on_event(&["import"], &[&list, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["line"].as_u64().unwrap(),
                e["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        (4, "name_missing"),
        (5, "email_invalid"),
        (6, "ticket_type_unknown"),
    ];
    assert_eq!(found, expected.map(|(line, code)| (line, code.to_owned())));
    assert_eq!(told["duplicates"][0]["line"], 7);
    assert_eq!(told["duplicates"][0]["of"], 2);
    assert_eq!(told["written"], false);
    assert_eq!(office.show()["guests"], 0);
    office.must_on_event(&["import"], &[&list, "--skip-bad-rows"]);
    assert_eq!(office.show()["guests"], 2);
}

#[test]
fn a_picture_that_is_none_fails_and_the_others_are_read() {
    let office = Office::empty();
    let note = office.write("note.png", b"no picture at all");
    let output = office.run(&["decode", "--json", &note]);
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["codes"], serde_json::json!([]));
    assert!(told["error"]["code"].is_string());
}

#[test]
fn a_picture_that_is_not_there_is_no_presentation() {
    let office = Office::with_event("ed25519");
    let output = office.on_event(&["scan"], &["photo-of-a-ticket.png"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("[picture_missing]"),
        "{}",
        stderr(&output)
    );
    assert_eq!(office.show()["scans"], serde_json::json!({}));
}
