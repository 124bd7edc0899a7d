//! Badges and receipts, read back from outside.

use std::fs;

use gatehouse_print::{
    ArrivalFace, Colour, DoorPaper, Labels, PrintOptions, Warning, badge, receipt,
};

use crate::outside::{picture, read_codes, run_text};
use crate::tickets::{NAMES, plain};
use crate::{code, token};

fn face(name: &str) -> ArrivalFace {
    ArrivalFace {
        event: "Harbour Lights Gala 2026".into(),
        organizer: "Harbour Foundation".into(),
        name: name.into(),
        company: "Brückner & Søn".into(),
        type_name: "Press".into(),
        type_colour: Colour::new(2),
        seat: "Table 4 · Seat 2".into(),
        number: "#2847".into(),
        time: "2026-11-21 19:04".into(),
        gate: "Main entrance".into(),
        code: None,
    }
}

type Make = fn(
    &ArrivalFace,
    DoorPaper,
    &PrintOptions,
) -> Result<(Vec<u8>, gatehouse_print::PrintReport), gatehouse_print::PrintError>;

/// How a text is compared: poppler takes the hyphen at a line's end for one that breaks a word.
fn found(text: &str) -> String {
    plain(text).replace('-', "")
}

/// Every kind on every paper that it is printed on.
fn printed() -> impl Iterator<Item = (&'static str, Make, DoorPaper)> {
    BOTH.into_iter()
        .flat_map(|(what, make)| DoorPaper::ALL.map(|paper| (what, make, paper)))
        .filter(|(what, _, paper)| match *what {
            "receipt" => paper.height_mm().is_none(),
            _ => *paper != DoorPaper::Roll58,
        })
}

const BOTH: [(&str, Make); 2] = [("badge", badge), ("receipt", receipt)];

#[test]
fn badges_and_receipts_tell_their_values_on_every_paper_in_every_script() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.pdf");
    let path = path.to_str().unwrap();
    for (what, make, paper) in printed() {
        for name in NAMES {
            let (bytes, report) = make(&face(name), paper, &PrintOptions::default()).unwrap();
            assert_eq!((report.pages, report.bytes), (1, bytes.len() as u64));
            assert_eq!(report.warnings, [], "{what} on {paper:?}: {name}");
            fs::write(path, bytes).unwrap();
            let Some(text) = run_text("pdftotext", &[path, "-"]) else {
                return;
            };
            let text = found(&text);
            let own: &[&str] = match what {
                "badge" => &["Brückner & Søn", "Table 4 · Seat 2", "Press"],
                _ => &["Admitted", "Main entrance", "2026-11-21 19:04", "Press"],
            };
            for value in own
                .iter()
                .chain(&[name, "#2847", "Harbour Lights Gala 2026"])
            {
                assert!(
                    text.contains(&found(value)),
                    "{what} on {paper:?}: {value} is not in {text:?}"
                );
            }
        }
    }
}

#[test]
fn pages_have_the_size_of_the_paper_and_rolls_are_as_long_as_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.pdf");
    let path = path.to_str().unwrap();
    let mut lengths = Vec::new();
    for (what, make, paper) in printed() {
        fs::write(
            path,
            make(&face("Ada"), paper, &PrintOptions::default())
                .unwrap()
                .0,
        )
        .unwrap();
        if let Some(said) = run_text("qpdf", &["--check", path]) {
            assert!(!said.contains("WARNING"), "{said}");
        }
        let Some(info) = run_text("pdfinfo", &[path]) else {
            return;
        };
        let line = info.lines().find(|l| l.starts_with("Page size:")).unwrap();
        let sides: Vec<f32> = line
            .split_whitespace()
            .filter_map(|word| word.parse::<f32>().ok())
            .map(|points| points / 72.0 * 25.4)
            .collect();
        assert!((sides[0] - paper.width_mm()).abs() < 0.1, "{line}");
        match paper.height_mm() {
            Some(height) => assert!((sides[1] - height).abs() < 0.1, "{line}"),
            None => lengths.push((what, paper, sides[1])),
        }
    }
    let long = ArrivalFace {
        organizer: String::new(),
        seat: String::new(),
        ..face("Ada")
    };
    for (what, paper, length) in lengths {
        assert!((30.0..140.0).contains(&length), "{what} {paper:?} {length}");
        let make = BOTH.iter().find(|(name, _)| *name == what).unwrap().1;
        fs::write(
            path,
            make(&long, paper, &PrintOptions::default()).unwrap().0,
        )
        .unwrap();
        let info = run_text("pdfinfo", &[path]).unwrap();
        let line = info.lines().find(|l| l.starts_with("Page size:")).unwrap();
        let shorter: f32 = line.split_whitespace().nth(4).unwrap().parse().unwrap();
        assert!(shorter / 72.0 * 25.4 < length, "{what} {paper:?}: {line}");
    }
}

#[test]
fn a_long_name_is_whole_and_an_endless_one_is_told_of() {
    let long = "Maximiliane Freifrau von Hohenstein-Bartholdy zu Sayn-Wittgenstein";
    for (what, make, paper) in printed() {
        let (_, report) = make(&face(long), paper, &PrintOptions::default()).unwrap();
        assert_eq!(report.warnings, [], "{what} on {paper:?}");
        let endless = "Bartholdy ".repeat(60);
        let (_, report) = make(&face(&endless), paper, &PrintOptions::default()).unwrap();
        assert_eq!(report.warnings, [Warning::Cut(1)], "{what} on {paper:?}");
    }
}

#[test]
fn a_code_on_a_badge_is_read_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code.pdf");
    let text: String = token(7).chars().take(459).collect();
    for paper in [
        DoorPaper::Card,
        DoorPaper::A6,
        DoorPaper::Label62,
        DoorPaper::Roll80,
    ] {
        let face = ArrivalFace {
            code: Some(code(&text)),
            ..face("Zoë Šlâpfer-O’Neill")
        };
        fs::write(
            &path,
            badge(&face, paper, &PrintOptions::default()).unwrap().0,
        )
        .unwrap();
        let Some(page) = picture(&path, 1, 400) else {
            return;
        };
        assert_eq!(read_codes(&page), std::slice::from_ref(&text), "{paper:?}");
    }
}

#[test]
fn the_same_badge_is_the_same_bytes_and_speaks_the_events_language() {
    let options = PrintOptions {
        labels: Labels::for_language("de"),
        created_ms: Some(1_790_000_000_000),
        ..PrintOptions::default()
    };
    let make = || {
        receipt(&face("Ada"), DoorPaper::Roll58, &options)
            .unwrap()
            .0
    };
    assert_eq!(make(), make());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("german.pdf");
    fs::write(&path, make()).unwrap();
    let Some(text) = run_text("pdftotext", &[path.to_str().unwrap(), "-"]) else {
        return;
    };
    assert!(text.contains("Eingelassen"), "{text}");
}
