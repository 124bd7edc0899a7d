use std::io::Write;

use gatehouse_sheet::{MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, ReadOptions, read_bytes, read_path};
use proptest::prelude::*;

use crate::{read, zip_of};

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().code()
}

#[test]
fn what_is_no_list_is_refused_by_its_own_code() {
    let compound = |stream: &str| {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        bytes
    };
    let noise: Vec<u8> = (0..4000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let table: Vec<(&str, &str, Vec<u8>)> = vec![
        ("nothing", "file_empty", vec![]),
        ("blank lines", "file_blank", b"\r\n \t\r\n\n".to_vec()),
        ("a mark alone", "file_blank", b"\xef\xbb\xbf".to_vec()),
        ("delimiters alone", "file_blank", b",,,\n,,,\n".to_vec()),
        ("zeros", "file_blank", vec![0; 300]),
        ("PDF", "file_not_a_table", b"%PDF-1.7\n1 0 obj".to_vec()),
        ("PNG", "file_not_a_table", b"\x89PNG\r\n\x1a\n\0\0".to_vec()),
        (
            "JPEG",
            "file_not_a_table",
            b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(),
        ),
        (
            "program",
            "file_not_a_table",
            b"\x7fELF\x02\x01\x01".to_vec(),
        ),
        ("gzip", "file_not_a_table", b"\x1f\x8b\x08\0".to_vec()),
        (
            "web page",
            "file_not_a_table",
            b"<!DOCTYPE html><html>".to_vec(),
        ),
        ("noise", "file_not_a_table", noise),
        (
            "archive",
            "file_not_a_table",
            zip_of(&[("photo.jpg", b"x")]),
        ),
        (
            "document",
            "file_not_a_table",
            zip_of(&[("word/document.xml", b"<w/>")]),
        ),
        ("no sheet", "file_not_a_table", compound("WordDocument")),
        (
            "broken zip",
            "workbook_damaged",
            b"PK\x03\x04 and then nothing".to_vec(),
        ),
        (
            "hollow book",
            "workbook_damaged",
            zip_of(&[("xl/workbook.xml", b"<workbook>")]),
        ),
        (
            "password",
            "workbook_protected",
            compound("EncryptedPackage"),
        ),
        ("broken old book", "workbook_damaged", compound("Workbook")),
        (
            "UTF-32",
            "encoding_unknown",
            b"\xff\xfe\0\0N\0\0\0".to_vec(),
        ),
    ];
    for (what, expected, bytes) in table {
        match read(&bytes) {
            Ok(list) => panic!("{what} was read: {:?}", list.rows()),
            Err(error) => assert_eq!(error.code(), expected, "{what}: {error}"),
        }
    }
}

#[test]
fn what_is_asked_for_and_is_not_there_is_refused() {
    let bad = |options: ReadOptions| read_bytes(b"Name;x\nAna;y\n", &options).unwrap_err().code();
    assert_eq!(
        bad(ReadOptions {
            encoding: Some("klingon".into()),
            ..Default::default()
        }),
        "encoding_unknown"
    );
    assert_eq!(
        bad(ReadOptions {
            delimiter: Some('"'),
            ..Default::default()
        }),
        "delimiter_invalid"
    );
    assert_eq!(
        bad(ReadOptions {
            delimiter: Some('、'),
            ..Default::default()
        }),
        "delimiter_invalid"
    );
    let said = ReadOptions {
        encoding: Some("utf-8".into()),
        ..Default::default()
    };
    let wrong = "Zo\u{eb};"
        .repeat(200)
        .chars()
        .map(|c| c as u8)
        .collect::<Vec<_>>();
    assert_eq!(
        read_bytes(&wrong, &said).unwrap_err().code(),
        "encoding_unknown"
    );
}

#[test]
fn a_file_too_large_is_refused_unread() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("huge.csv");
    // Sparse: two gigabytes that take no room and would take long to read.
    std::fs::File::create(&path)
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    let error = read_path(&path, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code(), "file_too_large");
    assert!(
        error.to_string().contains(&MAX_FILE_BYTES.to_string()),
        "{error}"
    );
    assert_eq!(
        read_path(dir.path(), &ReadOptions::default())
            .unwrap_err()
            .code(),
        "not_a_file"
    );
    let missing = dir.path().join("missing.csv");
    assert_eq!(
        read_path(&missing, &ReadOptions::default())
            .unwrap_err()
            .code(),
        "io"
    );
}

#[test]
fn too_many_rows_or_columns_are_refused() {
    let rows = "a\n".repeat(MAX_ROWS + 1);
    assert_eq!(code(rows.as_bytes()), "too_many_rows");
    assert_eq!(read(&rows.as_bytes()[2..]).unwrap().rows().len(), MAX_ROWS);
    let wide = vec!["x"; MAX_COLUMNS + 1].join(",");
    assert_eq!(code(wide.as_bytes()), "too_many_columns");
    assert_eq!(
        read(&wide.as_bytes()[2..]).unwrap().rows().get(0).len(),
        MAX_COLUMNS
    );
}

#[test]
fn a_zip_bomb_is_refused_though_it_lies_about_its_size() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    zip.start_file("xl/workbook.xml", options).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..1025 {
        zip.write_all(&block).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 16 << 20);
    assert_eq!(code(&bytes), "workbook_too_large");
    // The same with a harmless size in its headers.
    let (truth, lie) = ((1025_u32 << 20).to_le_bytes(), 1000_u32.to_le_bytes());
    let mut lies = 0;
    while let Some(at) = bytes.windows(4).position(|four| four == truth) {
        bytes[at..at + 4].copy_from_slice(&lie);
        lies += 1;
    }
    assert!(lies >= 1);
    assert!(["workbook_too_large", "workbook_damaged"].contains(&code(&bytes)));
}

#[test]
fn zero_bytes_in_text_do_not_hide_the_list() {
    let list = read(b"Name,Email\nAna\0,a@example.com\nBo,b@example.com\n").unwrap();
    assert_eq!(list.rows().len(), 3);
    assert_eq!(list.rows().get(1).cell(0), "Ana\0");
}

#[test]
fn many_open_quotes_cost_no_more_than_their_length() {
    // Every line opens a quote: naive starting over would read the rest once for each.
    let list = read("\"x,\"\"y\n".repeat(200_000).as_bytes()).unwrap();
    assert!(!list.rows().is_empty());
}

fn workbook() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let rows = [["Zoë", "z@example.com"], ["Bo", "=1"]];
    gatehouse_sheet::write_xlsx(&mut out, "Guests", &["Name", "Email"], rows).unwrap();
    out.into_inner()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(list) = read(&bytes) {
            let _ = gatehouse_domain::import::examine(&list, &Default::default(), &[]);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "([a-zé@.]{0,4}[,;\t|\"\r\n'=\u{0}]{0,3}){0,80}",
    ) {
        if let Ok(list) = read(text.as_bytes()) {
            let _ = gatehouse_domain::import::examine(&list, &Default::default(), &[]);
            let lines: Vec<u32> = list.rows().iter().map(|row| row.line()).collect();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
        }
    }

    #[test]
    fn a_spoiled_workbook_is_read_or_refused(
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = workbook();
        for (at, byte) in spoils {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = read(&bytes);
    }
}
