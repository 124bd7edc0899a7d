//! Delimited text to rows.

use csv::{ReaderBuilder, StringRecord};

use crate::SheetError;
use crate::delimiter::find_delimiter;
use crate::guard::unguard_cell;
use crate::table::Rows;

/// Stands in for the delimiter of a text of one column: a character that no list has.
const NO_DELIMITER: u8 = 0x1f;

/// A quoted record longer than this, over more lines than that, is a quote that was never closed
/// and met the next one by chance.
const LONG_RECORD_BYTES: usize = 64 * 1024;
const LONG_RECORD_LINES: u32 = 20;

/// Cuts text into rows with their lines, counted in the file from 1 at the record's beginning.
///
/// A quote that never closes would swallow every row behind it: such a row is kept as its first
/// line alone and noted, and reading goes on at the next line.
pub(crate) fn split_rows(
    text: &str,
    asked: Option<char>,
) -> Result<(Rows, Option<char>), SheetError> {
    let (declared, body) = declared_delimiter(text);
    let delimiter = match asked {
        Some(c) if c.is_ascii() && !matches!(c, '"' | '\n' | '\r' | '\'') => Some(c as u8),
        Some(c) => return Err(SheetError::BadDelimiter(c)),
        None => declared.or_else(|| find_delimiter(&text[body..])),
    };
    let byte = delimiter.unwrap_or(NO_DELIMITER);
    let mut rows = Rows::with_capacity(text.len());
    let mut lines = LineCounter {
        bytes: text.as_bytes(),
        offset: 0,
        line: 1,
    };
    let mut from = body;
    // A restart reads again what its quote had swallowed; all of them together are bounded.
    let mut budget = text.len().saturating_mul(4);
    while let Some((bad, read)) = read_records(text, from, byte, &mut rows, &mut lines, budget > 0)?
    {
        let end = line_end(text.as_bytes(), bad);
        push_line(&text[bad..end], byte, &mut rows)?;
        let line = lines.at(bad);
        let before = rows.len();
        rows.end_row(line)?;
        if rows.len() > before {
            rows.note_unclosed(line);
        }
        budget = budget.saturating_sub(read - bad);
        from = end;
    }
    Ok((rows, delimiter.map(char::from)))
}

/// Reads records from `from` to the end. Stops at a record whose quote never closes and gives
/// where it begins and where reading got to; without `strict` such a record is kept whole.
fn read_records(
    text: &str,
    from: usize,
    delimiter: u8,
    rows: &mut Rows,
    lines: &mut LineCounter<'_>,
    strict: bool,
) -> Result<Option<(usize, usize)>, SheetError> {
    let bytes = text.as_bytes();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(64 * 1024)
        .from_reader(&bytes[from..]);
    let mut record = StringRecord::new();
    let mut next = from;
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|error| SheetError::Io(std::io::Error::other(error)))?;
        if !more {
            return Ok(None);
        }
        // The reader skips blank lines, so the record begins behind them.
        let start = next
            + bytes[next..]
                .iter()
                .take_while(|b| matches!(b, b'\n' | b'\r'))
                .count();
        next = from + usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let raw = &bytes[start.min(next)..next];
        let line = lines.at(start);
        let long = raw.len() > LONG_RECORD_BYTES;
        if strict && (long || next >= bytes.len()) && memchr::memchr(b'"', raw).is_some() {
            let spans = long && line + LONG_RECORD_LINES < lines.peek(next);
            if spans || ends_in_quotes(raw, delimiter) {
                return Ok(Some((start, next)));
            }
        }
        for cell in &record {
            rows.push_cell(unguard_cell(cell))?;
        }
        rows.end_row(line)?;
    }
}

/// One line's cells without any meaning of quotes.
fn push_line(line: &str, delimiter: u8, rows: &mut Rows) -> Result<(), SheetError> {
    for cell in line
        .trim_end_matches(['\r', '\n'])
        .split(char::from(delimiter))
    {
        rows.push_cell(unguard_cell(cell))?;
    }
    Ok(())
}

/// Whether a raw record is still inside quotes at its end.
fn ends_in_quotes(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut cell_start) = (false, true);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                quoted = false;
            }
        } else {
            quoted = byte == b'"' && cell_start;
            cell_start = byte == delimiter;
        }
    }
    quoted
}

/// `sep=;` on the first line, which Excel writes and reads: the delimiter, and where rows begin.
fn declared_delimiter(text: &str) -> (Option<u8>, usize) {
    let end = line_end(text.as_bytes(), 0);
    let line = text[..end].trim_end_matches(['\r', '\n']);
    let line = line
        .strip_prefix('"')
        .and_then(|l| l.strip_suffix('"'))
        .unwrap_or(line);
    match line.as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', byte] if byte.is_ascii() && *byte != b'"' => {
            (Some(*byte), end)
        }
        _ => (None, 0),
    }
}

/// Where the line that `from` lies in ends, its line break included.
fn line_end(bytes: &[u8], from: usize) -> usize {
    match memchr::memchr2(b'\n', b'\r', &bytes[from..]) {
        None => bytes.len(),
        Some(at) => {
            let at = from + at;
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                at + 2
            } else {
                at + 1
            }
        }
    }
}

/// Counts lines up to ascending offsets; `\n`, `\r\n` and a lone `\r` each end one.
struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u32,
}

impl LineCounter<'_> {
    fn at(&mut self, offset: usize) -> u32 {
        if offset > self.offset {
            self.line = self.peek(offset);
            self.offset = offset;
        }
        self.line
    }

    fn peek(&self, offset: usize) -> u32 {
        let mut line = self.line;
        for at in memchr::memchr2_iter(b'\n', b'\r', &self.bytes[self.offset..offset]) {
            let at = self.offset + at;
            if self.bytes[at] == b'\n' || self.bytes.get(at + 1) != Some(&b'\n') {
                line += 1;
            }
        }
        line
    }
}
