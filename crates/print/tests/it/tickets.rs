//! Batches, single files, lists: read back from outside.

use std::convert::Infallible;
use std::fs;

use gatehouse_print::{
    Code, DoorRow, Order, PrintError, PrintOptions, Sheet, TicketFace, TicketPrinter, Warning,
    door_list, recovery_page,
};

use crate::outside::{cut, picture, read_codes, run, run_text};
use crate::{code, event, ticket, token};

pub(crate) const NAMES: [&str; 16] = [
    "علاء الدين",
    "ಸುಧಾ ರಾವ್",
    "Zoë Šlâpfer-O’Neill",
    "محمد عبد الله",
    "王小明",
    "สมชาย ใจดี",
    "नमिता शर्मा",
    "שרה כהן",
    "Дмитрий Шостаковский",
    "Αλεξάνδρα Παπαδοπούλου",
    "김민준",
    "Nguyễn Thị Ánh Tuyết",
    "Dr. محمد Smith",
    "তানিয়া রহমান",
    "გიორგი ბერიძე",
    "山田 はなこ",
];

fn printed(sheet: Sheet, options: PrintOptions, tickets: &[TicketFace]) -> Vec<u8> {
    let mut out = Vec::new();
    TicketPrinter::new(event(), sheet, options)
        .write_all(tickets, &mut out)
        .unwrap();
    out
}

/// The text without direction marks and spaces: how a name is compared. (Poppler moves the spaces
/// between words of both directions; lam-alef comes back as the ligature it is drawn as, which
/// compatibility normalization makes its letters.)
pub(crate) fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(*c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect();
    let letters = kept.replace(['\u{FEFB}', '\u{FEFC}'], "\u{644}\u{627}");
    letters.split_whitespace().collect()
}

#[test]
fn names_of_every_script_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.pdf");
    let tickets: Vec<TicketFace> = NAMES
        .iter()
        .enumerate()
        .map(|(i, name)| ticket(i, name))
        .collect();
    fs::write(&path, printed(Sheet::A6, PrintOptions::default(), &tickets)).unwrap();
    let path = path.to_str().unwrap();
    for (index, name) in NAMES.iter().enumerate() {
        let page = (index + 1).to_string();
        let Some(text) = run_text("pdftotext", &["-f", &page, "-l", &page, path, "-"]) else {
            return;
        };
        let text = plain(&text);
        assert!(text.contains(&plain(name)), "{name} is not in {text:?}");
        assert!(text.contains(&format!("#{}", 2847 + index)));
        assert!(text.contains("HarbourLightsGala2026"));
    }
}

#[test]
fn documents_are_sound_and_fonts_embedded() {
    let folder = tempfile::tempdir().unwrap();
    let tickets: Vec<TicketFace> = (0..19).map(|i| ticket(i, NAMES[i % NAMES.len()])).collect();
    for sheet in Sheet::all() {
        for marks in [false, true] {
            let options = PrintOptions {
                marks,
                created_ms: Some(1_790_000_000_000),
                ..Default::default()
            };
            let path = folder.path().join(format!("{sheet}-{marks}.pdf"));
            fs::write(&path, printed(sheet, options, &tickets)).unwrap();
            let path = path.to_str().unwrap();
            if let Some(said) = run_text("qpdf", &["--check", path]) {
                assert!(!said.contains("WARNING"), "{said}");
            }
            let Some(info) = run_text("pdfinfo", &["-box", path]) else {
                return;
            };
            let pages = 19usize.div_ceil(sheet.tickets());
            let line = info.lines().find(|l| l.starts_with("Pages:")).unwrap();
            assert_eq!(
                line.split_whitespace().nth(1),
                Some(pages.to_string().as_str())
            );
            for name in ["MediaBox:", "CropBox:", "BleedBox:", "TrimBox:", "ArtBox:"] {
                assert!(info.contains(name), "{name} is missing");
            }
            let Some(fonts) = run_text("pdffonts", &[path]) else {
                return;
            };
            assert!(fonts.lines().count() > 10);
            for font in fonts.lines().skip(2) {
                assert!(
                    font.contains("yes yes yes"),
                    "not embedded, subset, mapped: {font}"
                );
            }
        }
    }
}

#[test]
fn boxes_have_the_size_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a6.pdf");
    let box_of = |info: &str, name: &str| -> Vec<f32> {
        let line = info.lines().find(|l| l.starts_with(name)).unwrap();
        line.split_whitespace()
            .skip(1)
            .map(|n| n.parse().unwrap())
            .collect()
    };
    let mm = |points: f32| points / 72.0 * 25.4;
    for (marks, media, bleed) in [(false, 105.0, 105.0), (true, 125.0, 111.0)] {
        let options = PrintOptions {
            marks,
            ..Default::default()
        };
        fs::write(&path, printed(Sheet::A6, options, &[ticket(0, "Ada")])).unwrap();
        let Some(info) = run_text("pdfinfo", &["-box", path.to_str().unwrap()]) else {
            return;
        };
        for (name, wanted) in [
            ("MediaBox", media),
            ("CropBox", media),
            ("BleedBox", bleed),
            ("TrimBox", 105.0),
        ] {
            let found = box_of(&info, name);
            assert!(
                (mm(found[2] - found[0]) - wanted).abs() < 0.01,
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn codes_are_read_back_from_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let tickets: Vec<TicketFace> = (0..8).map(|i| ticket(i, "Ada Lovelace")).collect();
    for (sheet, dpi) in [
        (Sheet::A6, 150),
        (Sheet::A6, 203),
        (Sheet::A7, 203),
        (Sheet::A4x8, 300),
    ] {
        let path = folder.path().join("codes.pdf");
        fs::write(&path, printed(sheet, PrintOptions::default(), &tickets)).unwrap();
        let mut read = Vec::new();
        for page in 1..=8usize.div_ceil(sheet.tickets()) {
            let Some(picture) = picture(&path, page, dpi) else {
                return;
            };
            let (columns, rows) = if sheet == Sheet::A4x8 { (4, 2) } else { (1, 1) };
            read.extend(cut(&picture, columns, rows).iter().flat_map(read_codes));
        }
        read.sort();
        let wanted: Vec<String> = (0..8).map(token).collect();
        assert!(
            read == wanted,
            "{sheet} at {dpi} dpi: {} of {} read",
            read.len(),
            wanted.len()
        );
    }
}

#[test]
fn nothing_lies_within_four_modules_of_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quiet.pdf");
    let mut full = ticket(
        0,
        "Maximiliane von Hohenstein-Bartholdy zu Sayn-Wittgenstein",
    );
    full.number = "#123456789012345".into();
    full.seat = Some("Second balcony, left, row seventeen, seat four hundred".into());
    for (sheet, size) in [
        (Sheet::A6, 81u16),
        (Sheet::A6, 21),
        (Sheet::A7, 57),
        (Sheet::A4, 113),
    ] {
        // A black square shows where the code's place is.
        let row = usize::from(size.div_ceil(8));
        full.code = Code::new(size, vec![0xFF; usize::from(size) * row]).unwrap();
        fs::write(
            &path,
            printed(sheet, PrintOptions::default(), &[full.clone()]),
        )
        .unwrap();
        let Some((width, height, pixels)) = picture(&path, 1, 300) else {
            return;
        };
        let module = TicketPrinter::new(event(), sheet, PrintOptions::default()).module_mm(size)
            / 25.4
            * 300.0;
        let side = (module * f32::from(size)) as usize;
        let dark = |x: usize, y: usize| pixels[y * width + x] < 128;
        // The square is the only dark thing this wide in the lower left quarter.
        let (mut left, mut bottom) = (0, 0);
        'found: for y in (height / 2..height - 2).rev() {
            for x in 2..width / 3 {
                if (0..side - 4).all(|step| dark((x + step).min(width - 1), y)) {
                    (left, bottom) = (x, y);
                    break 'found;
                }
            }
        }
        assert!(left > 0 && bottom > 0, "{sheet}: no code found");
        let quiet = (module * 4.0) as usize - 1;
        let top = bottom + 1 - side;
        for y in top.saturating_sub(quiet)..(bottom + quiet).min(height) {
            for x in left.saturating_sub(quiet)..(left + side + quiet).min(width) {
                let inside = (left.saturating_sub(2)..=left + side + 2).contains(&x)
                    && (top.saturating_sub(2)..=bottom + 2).contains(&y);
                assert!(
                    inside || pixels[y * width + x] > 250,
                    "{sheet} {size}: ink at {x},{y}"
                );
            }
        }
    }
}

#[test]
fn the_same_tickets_make_the_same_bytes() {
    let tickets: Vec<TicketFace> = (0..300)
        .map(|i| ticket(i, NAMES[i % NAMES.len()]))
        .collect();
    let once = printed(Sheet::A4x4, PrintOptions::default(), &tickets);
    let one_thread = rayon_of_one(|| printed(Sheet::A4x4, PrintOptions::default(), &tickets));
    assert_eq!(once, one_thread);
    let mut other = tickets;
    other[7].holder.push('x');
    assert_ne!(once, printed(Sheet::A4x4, PrintOptions::default(), &other));
}

fn rayon_of_one<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap()
        .install(work)
}

#[test]
fn a_cut_stack_is_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.pdf");
    let tickets: Vec<TicketFace> = (0..10).map(|i| ticket(i, "Ada")).collect();
    let options = PrintOptions {
        order: Order::Stack,
        ..Default::default()
    };
    fs::write(&path, printed(Sheet::A4x4, options, &tickets)).unwrap();
    let mut found = Vec::new();
    for page in ["1", "2", "3"] {
        let path = path.to_str().unwrap();
        let Some(text) = run_text("pdftotext", &["-f", page, "-l", page, path, "-"]) else {
            return;
        };
        let mut numbers: Vec<usize> = text
            .split_whitespace()
            .filter_map(|word| word.strip_prefix('#')?.parse::<usize>().ok())
            .map(|number| number - 2847)
            .collect();
        numbers.sort_unstable();
        found.push(numbers);
    }
    assert_eq!(found, [vec![0, 3, 6, 9], vec![1, 4, 7], vec![2, 5, 8]]);
}

#[test]
fn a_file_of_its_own_for_an_invitation() {
    let printer = TicketPrinter::new(event(), Sheet::A6, PrintOptions::default());
    let (bytes, report) = printer
        .single(&[ticket(0, "Ada"), ticket(1, "Grace")])
        .unwrap();
    assert_eq!((report.pages, report.tickets), (2, 2));
    assert_eq!(report.bytes, bytes.len() as u64);
    assert!(bytes.len() < 40_000, "{} bytes", bytes.len());
    assert_eq!(
        bytes,
        printer
            .single(&[ticket(0, "Ada"), ticket(1, "Grace")])
            .unwrap()
            .0
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.pdf");
    fs::write(&path, bytes).unwrap();
    run("qpdf", &["--check", path.to_str().unwrap()]);
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let printer = TicketPrinter::new(event(), Sheet::A6, PrintOptions::default());
    let (_, report) = printer
        .single(&[ticket(0, "Ada \u{1F389} Lovelace \u{16F00}")])
        .unwrap();
    assert!(
        report
            .warnings
            .contains(&Warning::MissingGlyphs(vec!['\u{16F00}', '\u{1F389}']))
    );
    let (_, report) = printer.single(&[ticket(0, "Ada Lovelace")]).unwrap();
    assert_eq!(report.warnings, []);
    let (_, report) = printer
        .single(&[ticket(0, &"Bartholomew ".repeat(20))])
        .unwrap();
    assert_eq!(report.warnings, [Warning::Cut(1)]);
    let mut tiny = ticket(0, "Ada");
    tiny.code = Code::new(133, vec![0x55; 133 * 17]).unwrap();
    let (_, report) = printer.single(&[tiny]).unwrap();
    assert!(
        matches!(report.warnings[..], [Warning::SmallModules { module_mm }] if module_mm < 0.33)
    );
}

#[test]
fn a_ticket_that_cannot_be_had_stops_the_batch() {
    let printer = TicketPrinter::new(event(), Sheet::A6, PrintOptions::default());
    let make = |i: usize| {
        if i == 40 {
            Err("key gone")
        } else {
            Ok(ticket(i, "Ada"))
        }
    };
    let failed = printer
        .write(60, make, std::io::sink(), &mut |_| {})
        .unwrap_err();
    assert!(
        matches!(failed, PrintError::Source { index: 40, .. }),
        "{failed}"
    );
    let mut heard = Vec::new();
    let make = |i: usize| Ok::<_, Infallible>(ticket(i, "Ada"));
    let report = printer
        .write(60, make, std::io::sink(), &mut |n| heard.push(n))
        .unwrap();
    assert_eq!((report.tickets, heard.last()), (60, Some(&60)));
    let report = printer
        .write(0, make, std::io::sink(), &mut |_| {})
        .unwrap();
    assert_eq!(report.pages, 0);
}

#[test]
fn codes_are_checked() {
    assert!(Code::new(0, vec![]).is_err());
    assert!(Code::new(21, vec![0; 62]).is_err());
    assert!(Code::new(21, vec![0; 63]).is_ok());
    assert!(Code::new(200, vec![0; 5000]).is_err());
}

#[test]
fn a_door_list_has_everyone_once_under_their_letter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("door.pdf");
    let rows: Vec<DoorRow> = (0..200)
        .map(|i| DoorRow {
            name: format!("{}bara, {i:03}", char::from(b'A' + (i / 40) as u8)),
            number: format!("#{i:03}"),
            type_name: "General".into(),
            ..DoorRow::default()
        })
        .collect();
    let mut out = Vec::new();
    let options = PrintOptions::default();
    let report = door_list(&event(), &rows, Sheet::A4, &options, &mut out).unwrap();
    assert!(report.pages >= 5, "{} pages", report.pages);
    fs::write(&path, out).unwrap();
    let Some(text) = run_text("pdftotext", &["-layout", path.to_str().unwrap(), "-"]) else {
        return;
    };
    for row in &rows {
        assert_eq!(text.matches(&row.number).count(), 1, "{}", row.number);
        assert_eq!(text.matches(&row.name).count(), 1, "{}", row.name);
    }
    assert!(text.contains(&format!("Page 1 of {}", report.pages)));
    run("qpdf", &["--check", path.to_str().unwrap()]);
    let refused = door_list(&event(), &rows, Sheet::A6, &options, std::io::sink());
    assert!(matches!(refused, Err(PrintError::Paper(Sheet::A6))));
}

#[test]
fn a_recovery_page_gives_its_code_and_words_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kit.pdf");
    let lines = ["K7QF-2M4X-9D3T".to_owned(), "Keep this safe.".to_owned()];
    let page = recovery_page(
        "Recovery kit",
        &lines,
        &code("SECRET"),
        &PrintOptions::default(),
    )
    .unwrap();
    fs::write(&path, page).unwrap();
    let Some(picture) = picture(&path, 1, 150) else {
        return;
    };
    assert_eq!(read_codes(&picture), ["SECRET"]);
    let Some(text) = run_text("pdftotext", &[path.to_str().unwrap(), "-"]) else {
        return;
    };
    assert!(text.contains("K7QF-2M4X-9D3T") && text.contains("Keep this safe."));
}
