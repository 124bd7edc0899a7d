//! Workbooks to rows.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Data, DataRef, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsx,
    XlsxError,
};
use zip::ZipArchive;

use crate::guard::unguard_cell;
use crate::kind::Format;
use crate::table::{Rows, Table};
use crate::{MAX_COLUMNS, MAX_UNPACKED_BYTES, SheetError};

/// The most parts that a workbook's container may list.
const MAX_PARTS: usize = 10_000;
/// The largest old-style workbook: its rows are laid out densely in memory while read.
const MAX_XLS_BYTES: usize = 64 << 20;

/// Reads a ZIP container as an XLSX workbook.
pub(crate) fn read_zip(bytes: &[u8], sheet: Option<&str>) -> Result<Table, SheetError> {
    check_parts(bytes)?;
    contain_panics(|| read_xlsx(bytes, sheet))
}

/// Reads a compound file: an old workbook, or a new one behind a password.
pub(crate) fn read_compound(bytes: &[u8], sheet: Option<&str>) -> Result<Table, SheetError> {
    if has_stream(bytes, "EncryptedPackage") {
        return Err(SheetError::Protected);
    }
    if !has_stream(bytes, "Workbook") && !has_stream(bytes, "Book") {
        return Err(SheetError::NotATable {
            found: "an Office document without a sheet",
        });
    }
    if bytes.len() > MAX_XLS_BYTES {
        return Err(SheetError::TooLarge {
            bytes: bytes.len() as u64,
            limit: MAX_XLS_BYTES as u64,
        });
    }
    contain_panics(|| read_xls(bytes, sheet))
}

/// A stranger's file may trip the reader up; that is the file's fault, not the program's end.
fn contain_panics(read: impl FnOnce() -> Result<Table, SheetError>) -> Result<Table, SheetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(SheetError::Damaged(
            "its records contradict each other".into(),
        ))
    })
}

/// Checks that the container is a workbook and that what it unpacks to is bounded. Sizes that the
/// container states may lie, so the parts are unpacked once and counted.
fn check_parts(bytes: &[u8]) -> Result<(), SheetError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if zip.len() > MAX_PARTS {
        return Err(SheetError::Bomb {
            limit: MAX_UNPACKED_BYTES,
        });
    }
    let has = |name: &str| zip.index_for_name(name).is_some();
    if !has("xl/workbook.xml") {
        let found = if has("xl/workbook.bin") {
            "a binary workbook (.xlsb); save it as .xlsx"
        } else if has("content.xml") {
            "an OpenDocument file (.ods); save it as .xlsx or CSV"
        } else if has("word/document.xml") {
            "a Word document"
        } else {
            "a ZIP archive"
        };
        return Err(SheetError::NotATable { found });
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(damaged)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(damaged)?;
        left = left.checked_sub(unpacked).ok_or(SheetError::Bomb {
            limit: MAX_UNPACKED_BYTES,
        })?;
    }
    Ok(())
}

fn damaged(error: impl std::fmt::Display) -> SheetError {
    SheetError::Damaged(error.to_string())
}

/// Whether a compound file's directory names a stream (UTF-16LE, as its entries are).
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    memchr::memmem::find(bytes, &wide).is_some()
}

/// The sheets to try in turn: the one asked for, or the visible ones in order.
fn choose_sheets(sheets: &[Sheet], asked: Option<&str>) -> Result<Vec<String>, SheetError> {
    let names = || {
        sheets
            .iter()
            .filter(|s| s.typ == SheetType::WorkSheet)
            .map(|s| &s.name)
    };
    let Some(asked) = asked else {
        let visible: Vec<String> = sheets
            .iter()
            .filter(|s| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible)
            .map(|s| s.name.clone())
            .collect();
        return Ok(if visible.is_empty() {
            names().cloned().collect()
        } else {
            visible
        });
    };
    match names().find(|name| name.as_str() == asked) {
        Some(name) => Ok(vec![name.clone()]),
        None => Err(SheetError::UnknownSheet {
            asked: asked.to_owned(),
            known: names().map(String::as_str).collect::<Vec<_>>().join(", "),
        }),
    }
}

fn read_xlsx(bytes: &[u8], asked: Option<&str>) -> Result<Table, SheetError> {
    let protected = |error: XlsxError| match error {
        XlsxError::Password => SheetError::Protected,
        other => damaged(other),
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(protected)?;
    let sheets = book.sheets_metadata().to_vec();
    for name in choose_sheets(&sheets, asked)? {
        let mut cells = book.worksheet_cells_reader(&name).map_err(protected)?;
        let mut builder = RowBuilder::new(bytes.len());
        while let Some(cell) = cells.next_cell().map_err(protected)? {
            let (row, column) = cell.get_position();
            builder.add(row, column, &text_of(cell.get_value()))?;
        }
        let rows = builder.finish()?;
        if !rows.is_empty() {
            return Ok(workbook_table(Format::Xlsx, name, &sheets, rows));
        }
    }
    Err(SheetError::Blank)
}

fn read_xls(bytes: &[u8], asked: Option<&str>) -> Result<Table, SheetError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => SheetError::Protected,
        other => damaged(other),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    for name in choose_sheets(&sheets, asked)? {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut builder = RowBuilder::new(bytes.len());
        for (row, column, value) in range.used_cells() {
            let text = match value {
                Data::String(text) => text.as_str().into(),
                Data::Float(number) => text_of(&DataRef::Float(*number)).into_owned().into(),
                Data::DateTime(when) => date_text(when).into(),
                other => std::borrow::Cow::Owned(other.to_string()),
            };
            builder.add(top + row as u32, left + column as u32, &text)?;
        }
        let rows = builder.finish()?;
        if !rows.is_empty() {
            return Ok(workbook_table(Format::Xls, name, &sheets, rows));
        }
    }
    Err(SheetError::Blank)
}

fn workbook_table(format: Format, sheet: String, sheets: &[Sheet], rows: Rows) -> Table {
    let others = sheets
        .iter()
        .map(|s| &s.name)
        .filter(|name| **name != sheet)
        .cloned()
        .collect();
    Table {
        format,
        encoding: "UTF-8".to_owned(),
        delimiter: None,
        sheet: Some(sheet),
        other_sheets: others,
        rows,
    }
}

/// Lays cells that come in order of rows and columns into rows.
struct RowBuilder {
    rows: Rows,
    row: u32,
}

impl RowBuilder {
    fn new(bytes: usize) -> Self {
        Self {
            rows: Rows::with_capacity(bytes.saturating_mul(2)),
            row: 0,
        }
    }

    fn add(&mut self, row: u32, column: u32, text: &str) -> Result<(), SheetError> {
        if row != self.row {
            self.rows.end_row(self.row.saturating_add(1))?;
            self.row = row;
        }
        if text.is_empty() {
            return Ok(());
        }
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(SheetError::TooManyColumns {
                line: row.saturating_add(1),
                limit: MAX_COLUMNS,
            });
        }
        while self.rows.open_cells() < column {
            self.rows.push_cell("")?;
        }
        // A cell given twice or out of order comes only from a made-up file; the first stands.
        if self.rows.open_cells() == column {
            self.rows.push_cell(unguard_cell(text))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Rows, SheetError> {
        self.rows.end_row(self.row.saturating_add(1))?;
        Ok(self.rows)
    }
}

/// A value as a person reads it: whole numbers without a fraction, dates by ISO 8601.
fn text_of<'a>(value: &'a DataRef<'a>) -> std::borrow::Cow<'a, str> {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.as_str().into()
        }
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number.to_string().into(),
        DataRef::Bool(true) => "TRUE".into(),
        DataRef::Bool(false) => "FALSE".into(),
        DataRef::DateTime(when) => date_text(when).into(),
        DataRef::Error(error) => error.to_string().into(),
        DataRef::Empty => "".into(),
    }
}

fn date_text(when: &ExcelDateTime) -> String {
    if when.is_duration() || when.as_f64() < 0.0 {
        return when.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
    let time = if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if when.as_f64() < 1.0 {
        time
    } else if when.as_f64().fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}
