//! A workspace whose machine is gone, restored from its folder's copy, its kit and the code.

use serde_json::Value;

use crate::office::{Office, text};

#[test]
fn an_office_goes_on_after_its_machine_is_lost() {
    let office = Office::with_event("rsa-2048");
    let list = office.write("list.csv", b"Name\nAda Lark\nBen Moss\n");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let data = office.data();
    let (kit, copy) = (text(&office.path("kit.txt")), text(&office.path("copy")));
    let told = office.must(&["event", "kit", "--data", &data, "--out", &kit]);
    let code = told
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 34 && line.matches('-').count() == 6)
        .unwrap_or_else(|| panic!("no code in {told}"));
    let codes = [
        office.printed_codes("INV-0001").remove(0),
        office.printed_codes("INV-0002").remove(0),
    ];
    office.must_on_event(&["scan"], &[&codes[0]]);

    // Another machine has none of the old one's keys.
    std::fs::remove_dir_all(office.path("keys")).unwrap();
    assert!(!office.on_event(&["event", "show"], &[]).status.success());
    let recover = |code: &str| {
        office
            .command(&[
                "recover", "--data", &copy, "--kit", &kit, "--from", &data, "--json",
            ])
            .env("GATEHOUSE_RECOVERY_CODE", code)
            .output()
            .unwrap()
    };
    let wrong = recover("0000-0000-0000-0000-0000-0000-0000");
    assert!(!wrong.status.success());
    assert!(!office.path("copy").exists());
    let done = recover(code);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let done: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(done["events"].as_array().unwrap().len(), 1);
    let scan = |code: &str| {
        let out = office.run(&[
            "scan",
            "--data",
            &copy,
            "--event",
            "Harbour Ball",
            "--json",
            code,
        ]);
        serde_json::from_slice::<Value>(&out.stdout).unwrap()["code"].clone()
    };
    assert_eq!(scan(&codes[0]), "used");
    assert_eq!(scan(&codes[1]), "admitted");
}
