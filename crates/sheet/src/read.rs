//! Reading a file of any of the kinds that are lists.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::encoding::{Decoded, decode};
use crate::kind::{Format, Kind, tell_kind};
use crate::table::Table;
use crate::{MAX_FILE_BYTES, SheetError, text, workbook};

/// What to take for granted about a file; by default everything is found out.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The text's encoding, by its WHATWG label.
    pub encoding: Option<String>,
    /// What separates columns.
    pub delimiter: Option<char>,
    /// The workbook's sheet, by name; else the first visible one that is not blank.
    pub sheet: Option<String>,
}

/// Reads a list from a file. Its length is checked before any of it is read.
///
/// # Errors
/// Every [`SheetError`] but those of writing.
pub fn read_path(path: &Path, options: &ReadOptions) -> Result<Table, SheetError> {
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        return Err(SheetError::NotAFile);
    }
    let too_large = |bytes| SheetError::TooLarge {
        bytes,
        limit: MAX_FILE_BYTES,
    };
    if meta.len() > MAX_FILE_BYTES {
        return Err(too_large(meta.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    // The file may grow while it is read.
    File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    read_vec(bytes, options)
}

/// Reads a list from bytes already in memory.
///
/// # Errors
/// Every [`SheetError`] but those of files and writing.
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Table, SheetError> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(SheetError::TooLarge {
            bytes: bytes.len() as u64,
            limit: MAX_FILE_BYTES,
        });
    }
    read_vec(bytes.to_vec(), options)
}

fn read_vec(bytes: Vec<u8>, options: &ReadOptions) -> Result<Table, SheetError> {
    if bytes.is_empty() {
        return Err(SheetError::Empty);
    }
    match tell_kind(&bytes) {
        Kind::Zip => workbook::read_zip(&bytes, options.sheet.as_deref()),
        Kind::Compound => workbook::read_compound(&bytes, options.sheet.as_deref()),
        Kind::Other(found) => Err(SheetError::NotATable { found }),
        Kind::Text => read_text(bytes, options),
    }
}

fn read_text(bytes: Vec<u8>, options: &ReadOptions) -> Result<Table, SheetError> {
    if bytes
        .iter()
        .all(|b| b.is_ascii_whitespace() || b"\0,;|\"".contains(b))
    {
        return Err(SheetError::Blank);
    }
    let Decoded { text, encoding } = decode(bytes, options.encoding.as_deref())?;
    let (rows, delimiter) = text::split_rows(&text, options.delimiter)?;
    if rows.is_empty() {
        return Err(SheetError::Blank);
    }
    Ok(Table {
        format: Format::Csv,
        encoding: encoding.to_owned(),
        delimiter,
        sheet: None,
        other_sheets: Vec::new(),
        rows,
    })
}
