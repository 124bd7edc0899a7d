//! Rows to files.

use std::io::{BufWriter, Seek, Write};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::guard::{guard_cell, is_formula_like};
use crate::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, SheetError};

/// Writes a list as CSV: comma, CRLF (RFC 4180), UTF-8 with a byte order mark, so that
/// spreadsheets read its letters; formula-like text is guarded by [`guard_cell`].
///
/// # Errors
/// [`SheetError::Io`] when `out` fails.
pub fn write_csv<W, H, R, C>(out: W, header: &[H], rows: R) -> Result<(), SheetError>
where
    W: Write,
    H: AsRef<str>,
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    out.write_all("\u{feff}".as_bytes())?;
    write_record(&mut out, header)?;
    for row in rows {
        write_record(&mut out, row)?;
    }
    out.flush()?;
    Ok(())
}

fn write_record<W: Write, C: AsRef<str>>(
    out: &mut W,
    cells: impl IntoIterator<Item = C>,
) -> Result<(), SheetError> {
    let mut first = true;
    for cell in cells {
        if !first {
            out.write_all(b",")?;
        }
        first = false;
        let cell = guard_cell(cell.as_ref());
        // The other delimiters are quoted too: the list may be opened where they separate.
        let quoted = cell.starts_with(' ')
            || cell.ends_with(' ')
            || cell.contains([',', ';', '\t', '|', '"', '\r', '\n']);
        if quoted {
            out.write_all(b"\"")?;
            out.write_all(cell.replace('"', "\"\"").as_bytes())?;
            out.write_all(b"\"")?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")?;
    Ok(())
}

/// Writes a list as an XLSX workbook of one sheet, every cell as text, the header bold and
/// standing still; rows are streamed through a temporary file.
///
/// Characters that XML can't hold are left out. Text led by an apostrophe before something
/// formula-like gets one more, as in CSV, so that reading back is the identity.
///
/// # Errors
/// [`SheetError::CellTooLong`], [`SheetError::TooManyRows`] or [`SheetError::TooManyColumns`]
/// when the list exceeds what a workbook or a list holds, [`SheetError::Io`] when `out` fails.
pub fn write_xlsx<W, H, R, C>(out: W, name: &str, header: &[H], rows: R) -> Result<(), SheetError>
where
    W: Write + Seek + Send,
    H: AsRef<str>,
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name(sheet_name(name)).map_err(failed)?;
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let bold = Format::new().set_bold();
    for (column, cell) in header.iter().enumerate() {
        let (text, column) = checked(cell.as_ref(), 0, column)?;
        sheet
            .write_string_with_format(0, column, text, &bold)
            .map_err(failed)?;
    }
    let mut index = 0_u32;
    for row in rows {
        index += 1;
        if index as usize > MAX_ROWS {
            return Err(SheetError::TooManyRows { limit: MAX_ROWS });
        }
        for (column, cell) in row.into_iter().enumerate() {
            let (text, column) = checked(cell.as_ref(), index, column)?;
            if !text.is_empty() {
                sheet.write_string(index, column, text).map_err(failed)?;
            }
        }
    }
    book.save_to_writer(out).map_err(failed)
}

fn checked(text: &str, row: u32, column: usize) -> Result<(String, u16), SheetError> {
    if column >= MAX_COLUMNS {
        return Err(SheetError::TooManyColumns {
            line: row + 1,
            limit: MAX_COLUMNS,
        });
    }
    let mut text = text.replace(['\u{fffe}', '\u{ffff}'], "");
    if text.starts_with('\'') && is_formula_like(&text) {
        text.insert(0, '\'');
    }
    if text.encode_utf16().count() > MAX_CELL_CHARS {
        return Err(SheetError::CellTooLong {
            row: row + 1,
            limit: MAX_CELL_CHARS,
        });
    }
    Ok((text, column as u16))
}

/// A name that a sheet may have: 1 to 31 characters, none of `[]:*?/\`, no apostrophe at its ends.
fn sheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\'))
        .take(15)
        .collect();
    let name = name.trim_matches(['\'', ' ']);
    if name.is_empty() {
        "Guests".to_owned()
    } else {
        name.to_owned()
    }
}

fn failed(error: XlsxError) -> SheetError {
    match error {
        XlsxError::IoError(error) => SheetError::Io(error),
        other => SheetError::Io(std::io::Error::other(other)),
    }
}
