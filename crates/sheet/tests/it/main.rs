//! Lists as people have them, lists that do harm, and what is written and read back.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod bad;
mod encodings;
mod roundtrip;
mod wild;

use gatehouse_domain::import::{Examined, ImportOptions, examine};
use gatehouse_sheet::{ReadOptions, SheetError, Table, read_bytes};

/// Reads bytes with everything found out.
fn read(bytes: &[u8]) -> Result<Table, SheetError> {
    read_bytes(bytes, &ReadOptions::default())
}

/// Reads a list and looks at it against an event without guests.
fn look(bytes: &[u8]) -> (Table, Examined) {
    let table = read(bytes).unwrap();
    let examined = examine(&table, &ImportOptions::default(), &[]).unwrap();
    (table, examined)
}

/// A guest in short: name, e-mail, company.
fn guests(examined: &Examined) -> Vec<(&str, &str, &str)> {
    examined
        .drafts
        .iter()
        .map(|draft| {
            (
                &*draft.values.name,
                &*draft.values.email,
                &*draft.values.company,
            )
        })
        .collect()
}

fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Text in a legacy encoding; panics when it has no such letter.
fn legacy(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text:?} is not {}", encoding.name());
    bytes.into_owned()
}

/// A ZIP container of the given parts.
fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
