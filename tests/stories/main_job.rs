//! The main job from one command, checked from outside.

use std::process::Command;

use serde_json::Value;

use crate::office::{Office, have, skip, text};

#[test]
fn the_demo_admits_everybody_once_and_refuses_each_bad_code_for_its_own_reason() {
    let office = Office::empty();
    let dir = text(&office.path("demo"));
    let told = office.must(&["demo", "--dir", &dir, "--guests", "60", "--json"]);
    assert_eq!(told.lines().count(), 1, "one object on one line");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["guests"], 60);
    assert_eq!(told["tickets"], 60);
    assert!(
        told["invitations"].as_u64().unwrap() < 60,
        "families and companies share"
    );
    let gate = serde_json::json!({
        "admitted": 60, "used": 60, "replaced": 1, "invalid_signature": 1, "expired": 1,
        "voided": 1, "wrong_event": 1,
    });
    assert_eq!(told["gate"], gate);
    for file in ["pdf", "zip", "report", "public_key"] {
        let length = std::fs::metadata(told[file].as_str().unwrap())
            .unwrap()
            .len();
        assert!(length > 100, "{file}");
    }
    outside_check(&office, &told);

    // The same folder again: another event, and everything anew.
    let again = office.must(&["demo", "--dir", &dir, "--guests", "5", "--json"]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_ne!(again["event"], told["event"]);
    assert_eq!(again["gate"]["admitted"], 5);
}

/// A page drawn by poppler, read by zxing-cpp from Python, verified by PyJWT with the exported key.
fn outside_check(office: &Office, told: &Value) {
    let Some(python) = std::env::var_os("GATEHOUSE_PYTHON") else {
        skip(
            "GATEHOUSE_PYTHON is not set: no independent decoder and JWT library (cargo xtask test sets it)",
        );
        return;
    };
    if !have("pdftoppm") {
        skip("pdftoppm is not here: pages are not drawn by an independent program");
        return;
    }
    let stem = text(&office.path("outside"));
    let drawn = Command::new("pdftoppm")
        .args(["-r", "150", "-f", "2", "-l", "2", "-singlefile", "-png"])
        .args([told["pdf"].as_str().unwrap(), &stem])
        .status()
        .unwrap();
    assert!(drawn.success());
    let read = Command::new(&python)
        .args(["-c", READ, &format!("{stem}.png")])
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let code = String::from_utf8(read.stdout).unwrap();
    let jwt = office.must(&["token", code.trim_end_matches('\n')]);
    let verified = Command::new(&python)
        .args([
            "-c",
            VERIFY,
            jwt.trim(),
            told["public_key"].as_str().unwrap(),
        ])
        .output()
        .unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
    let claims: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(claims["cv"], 1);
}

const READ: &str = "
import sys, zxingcpp
from PIL import Image
codes = zxingcpp.read_barcodes(Image.open(sys.argv[1]).convert('L'))
assert len(codes) == 1, codes
print(codes[0].text)
";

const VERIFY: &str = "
import json, sys, jwt
key = open(sys.argv[2]).read()
print(json.dumps(jwt.decode(sys.argv[1], key, algorithms=['RS256'])))
";

#[test]
fn an_evening_from_list_to_door_by_single_commands() {
    let office = Office::with_event("rsa-2048");
    let list = office.write(
        "list.csv",
        "Nombre;Correo electrónico;Empresa;Tipo\n\
         Zoë Šlâpfer-O’Neill;zoe@example.org;;VIP\n\
         محمد عبد الله;amal@example.net;Muelle SA;Standard\n\
         王小明;wang@example.com;Muelle SA;Standard\n"
            .as_bytes(),
    );
    let look: Value =
        serde_json::from_str(&office.must_on_event(&["import"], &[&list, "--dry-run", "--json"]))
            .unwrap();
    assert_eq!(look["encoding"], "UTF-8");
    assert_eq!(look["delimiter"], ";");
    assert_eq!(look["plan"]["added"], 3);
    assert_eq!(look["preview"][0]["name"], "Zoë Šlâpfer-O’Neill");
    assert_eq!(office.show()["guests"], 0, "a look writes nothing");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let show = office.show();
    assert_eq!(
        (&show["invitations"], &show["tickets"]),
        (&2.into(), &3.into())
    );
    if !have("pdftoppm") {
        skip("pdftoppm is not here: the printed code is not presented");
        return;
    }
    let code = office.printed_codes("INV-0001").remove(0);
    let first = office.on_event(&["scan"], &[&code, "--json"]);
    assert_eq!(first.status.code(), Some(0));
    let shown: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(shown["verdict"], "admitted");
    assert_eq!(shown["name"], "Zoë Šlâpfer-O’Neill");
    let second = office.on_event(&["scan"], &[&code, "--json", "--gate", "Garden"]);
    assert_eq!(second.status.code(), Some(3));
    let shown: Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(
        (&shown["code"], &shown["status"]),
        (&"used".into(), &"DUPLICATE".into())
    );
    assert_eq!(shown["first_used_gate"], "Front desk");

    office.must_on_event(&["void"], &["2", "--reason", "lost"]);
    let codes = office.on_event(
        &["print"],
        &[
            "--invitation",
            "INV-0002",
            "--out",
            &text(&office.path("p.pdf")),
        ],
    );
    assert!(codes.status.success());
    for (format, name) in [("csv", "r.csv"), ("xlsx", "r.xlsx")] {
        let out = text(&office.path(name));
        office.must_on_event(&["export"], &["--format", format, "--out", &out]);
        assert!(std::fs::metadata(&out).unwrap().len() > 200);
    }
    let undo = office.must_on_event(&["event", "history"], &["--json"]);
    assert!(
        undo.contains("void ticket") && undo.contains("\"reason\":\"lost\""),
        "{undo}"
    );
}
