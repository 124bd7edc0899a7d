use std::io::Cursor;

use gatehouse_sheet::{Table, is_formula_like, write_csv, write_xlsx};
use proptest::prelude::*;

use crate::read;

fn csv_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Vec::new();
    write_csv(&mut out, &rows[0], &rows[1..]).unwrap();
    out
}

fn xlsx_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write_xlsx(&mut out, "Guests: all?", &rows[0], &rows[1..]).unwrap();
    out.into_inner()
}

fn rows_of(table: &Table) -> Vec<Vec<String>> {
    table
        .rows()
        .iter()
        .map(|row| row.cells().map(str::to_owned).collect())
        .collect()
}

fn strings(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect()
}

/// Rows as a reader of workbooks has them: without trailing blanks.
fn trimmed(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| {
            let end = row
                .iter()
                .rposition(|cell| !cell.is_empty())
                .map_or(0, |at| at + 1);
            row[..end].to_vec()
        })
        .collect()
}

#[test]
fn formulas_are_harmless_in_csv_and_text_in_workbooks() {
    let evil = [
        "=HYPERLINK(\"http://example.com\",\"x\")",
        "+1-555-0100",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
        "'=1",
        "\"=1",
        "=1,;|\t2",
    ];
    let rows: Vec<Vec<String>> = std::iter::once(vec!["Name".to_owned(), "Notes".to_owned()])
        .chain(
            evil.iter()
                .map(|text| vec!["Ana".to_owned(), (*text).to_owned()]),
        )
        .collect();
    let csv = csv_of(&rows);
    // What a program that knows nothing of the guard finds in the cells.
    let mut foreign = csv::ReaderBuilder::new().from_reader(csv.as_slice());
    for record in foreign.records() {
        let record = record.unwrap();
        assert!(record[1].starts_with('\''), "{record:?}");
    }
    assert_eq!(rows_of(&read(&csv).unwrap()), rows);
    let book = xlsx_of(&rows);
    let mut parts = zip::ZipArchive::new(Cursor::new(&book)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(
        &mut parts.by_name("xl/worksheets/sheet1.xml").unwrap(),
        &mut sheet,
    )
    .unwrap();
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    assert_eq!(rows_of(&read(&book).unwrap()), rows);
}

#[test]
fn csv_is_as_spreadsheets_want_it() {
    let rows = strings(&[
        &["Name", "Phone"],
        &["Zoë; Berg", "+44 7700 900123"],
        &["a\"b", ""],
    ]);
    assert_eq!(
        String::from_utf8(csv_of(&rows)).unwrap(),
        "\u{feff}Name,Phone\r\n\"Zoë; Berg\",'+44 7700 900123\r\n\"a\"\"b\",\r\n"
    );
}

#[test]
fn lists_too_big_for_a_workbook_are_refused() {
    let cell = "x".repeat(gatehouse_sheet::MAX_CELL_CHARS + 1);
    let mut out = Cursor::new(Vec::new());
    let error = write_xlsx(&mut out, "", &["Name"], [[&cell]]).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().contains("row 2")),
        ("cell_too_long", true)
    );
    let wide = vec!["x"; gatehouse_sheet::MAX_COLUMNS + 1];
    let error = write_xlsx(&mut out, "", &wide, [["x"]; 0]).unwrap_err();
    assert_eq!(error.code(), "too_many_columns");
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "['\"=+\\-@＝ \t\r\n]{0,3}[a-zé1,;|]{0,4}",
        2 => any::<String>(),
        1 => prop::sample::select(vec!["_x000D_", "sep=;", "\u{feff}", "\0", "\u{fffd}", "🎉", "a\u{301}"])
            .prop_map(str::to_owned),
    ]
}

/// Rows that are not blank, under a header that is a plain word.
fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 3), 1..12).prop_map(|mut rows| {
        rows.retain(|row| !row.concat().trim().is_empty());
        rows.insert(0, ["Name", "Phone", "Notes"].map(str::to_owned).to_vec());
        rows
    })
}

proptest! {
    #[test]
    fn what_is_written_as_csv_reads_back_the_same(rows in rows()) {
        let bytes = csv_of(&rows);
        prop_assert_eq!(rows_of(&read(&bytes).unwrap()), rows);
    }

    #[test]
    fn no_csv_cell_is_a_formula_to_others(rows in rows()) {
        let bytes = csv_of(&rows);
        let mut foreign = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        for record in foreign.records() {
            for cell in &record.unwrap() {
                prop_assert!(!is_formula_like(cell) || cell.starts_with('\''), "{cell:?}");
            }
        }
    }

    #[test]
    fn what_is_written_as_a_workbook_reads_back_the_same(rows in rows()) {
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| row.into_iter().map(|cell| cell.replace(['\u{fffe}', '\u{ffff}'], "")).collect())
            .filter(|row: &Vec<String>| !row.concat().trim().is_empty())
            .collect();
        let bytes = xlsx_of(&rows);
        prop_assert_eq!(rows_of(&read(&bytes).unwrap()), trimmed(&rows));
    }
}
