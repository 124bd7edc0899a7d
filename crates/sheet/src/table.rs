//! A list as read: cells in one block of text, each row with its line in the file.

use gatehouse_domain::import::ListRows;

use crate::kind::Format;
use crate::{MAX_COLUMNS, MAX_ROWS, SheetError};

/// A list as read from a file: every row that is not blank, header and title rows included.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) format: Format,
    pub(crate) encoding: String,
    pub(crate) delimiter: Option<char>,
    pub(crate) sheet: Option<String>,
    pub(crate) other_sheets: Vec<String>,
    pub(crate) rows: Rows,
}

impl Table {
    /// What kind of file it was.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The text encoding by its WHATWG name (`UTF-8`, `UTF-16LE`, `windows-1252`, `macintosh`);
    /// a workbook is `UTF-8`, its inner form.
    #[must_use]
    pub fn encoding(&self) -> &str {
        &self.encoding
    }

    /// What separates columns in text; `None` for a workbook and for text of one column.
    #[must_use]
    pub fn delimiter(&self) -> Option<char> {
        self.delimiter
    }

    /// The sheet of the workbook that was read.
    #[must_use]
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The workbook's sheets that were not read.
    #[must_use]
    pub fn other_sheets(&self) -> &[String] {
        &self.other_sheets
    }

    /// The rows in the file's order, blank ones left out.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }
}

impl ListRows for Table {
    fn row_count(&self) -> usize {
        self.rows.len()
    }

    fn line(&self, row: usize) -> u32 {
        self.rows.get(row).line()
    }

    fn cell_count(&self, row: usize) -> usize {
        self.rows.get(row).len()
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).cell(column)
    }

    fn quote_unclosed(&self, row: usize) -> bool {
        self.rows
            .unclosed
            .binary_search(&self.rows.lines[row])
            .is_ok()
    }
}

/// Rows of cells, kept as one block of text with offsets: 100,000 rows of 8 cells cost their text
/// and 4 bytes a cell.
#[derive(Debug, Clone)]
pub struct Rows {
    text: String,
    /// Where each cell ends in `text`; a cell begins where the one before ends.
    ends: Vec<u32>,
    /// The index of each row's first cell, and at last the number of cells.
    firsts: Vec<u32>,
    lines: Vec<u32>,
    /// Lines whose quote never closes, ascending.
    unclosed: Vec<u32>,
}

impl Rows {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(bytes / 12),
            firsts: vec![0],
            lines: Vec::new(),
            unclosed: Vec::new(),
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One row.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn get(&self, index: usize) -> Row<'_> {
        Row {
            rows: self,
            index,
            first: self.firsts[index] as usize,
        }
    }

    /// All rows in the file's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Adds a cell to the row that is being built.
    pub(crate) fn push_cell(&mut self, cell: &str) -> Result<(), SheetError> {
        self.text.push_str(cell);
        // Offsets are 32 bits: no file that passes the limits comes near.
        let end = u32::try_from(self.text.len()).map_err(|_| SheetError::TooLarge {
            bytes: self.text.len() as u64,
            limit: u64::from(u32::MAX),
        })?;
        self.ends.push(end);
        Ok(())
    }

    /// How many cells the row that is being built has.
    pub(crate) fn open_cells(&self) -> usize {
        self.ends.len() - self.firsts.last().map_or(0, |first| *first as usize)
    }

    /// Ends the row that is being built; a blank one leaves no trace.
    pub(crate) fn end_row(&mut self, line: u32) -> Result<(), SheetError> {
        let first = self.firsts.last().map_or(0, |first| *first as usize);
        let start = if first == 0 {
            0
        } else {
            self.ends[first - 1] as usize
        };
        if self.text[start..].trim().is_empty() {
            self.text.truncate(start);
            self.ends.truncate(first);
            return Ok(());
        }
        if self.ends.len() - first > MAX_COLUMNS {
            return Err(SheetError::TooManyColumns {
                line,
                limit: MAX_COLUMNS,
            });
        }
        if self.lines.len() >= MAX_ROWS {
            return Err(SheetError::TooManyRows { limit: MAX_ROWS });
        }
        self.firsts.push(
            u32::try_from(self.ends.len())
                .map_err(|_| SheetError::TooManyRows { limit: MAX_ROWS })?,
        );
        self.lines.push(line);
        Ok(())
    }

    /// Notes that a quote opened on `line` never closes.
    pub(crate) fn note_unclosed(&mut self, line: u32) {
        self.unclosed.push(line);
    }
}

/// One row of a list.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    index: usize,
    first: usize,
}

impl<'a> Row<'a> {
    /// The line in the file at which the row begins, from 1; in a workbook, its row number.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.rows.lines[self.index]
    }

    /// How many cells the row has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.firsts[self.index + 1] as usize - self.first
    }

    /// Whether the row has no cell; no row of a table is so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a cell, from 0; blank when the row has no such cell.
    #[must_use]
    pub fn cell(&self, column: usize) -> &'a str {
        if column >= self.len() {
            return "";
        }
        let at = self.first + column;
        let start = if at == 0 {
            0
        } else {
            self.rows.ends[at - 1] as usize
        };
        &self.rows.text[start..self.rows.ends[at] as usize]
    }

    /// The cells from the first on.
    pub fn cells(self) -> impl ExactSizeIterator<Item = &'a str> {
        (0..self.len()).map(move |column| self.cell(column))
    }
}
