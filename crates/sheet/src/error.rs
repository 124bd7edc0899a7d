//! Why a file could not be read as a list, or a list not be written.

use std::io;

/// What stood in the way of reading or writing a list. `code` is stable; the words are for people.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file has no bytes.
    #[error("the file is empty: 0 bytes")]
    Empty,
    /// The file has bytes, but no cell has text.
    #[error("the file holds only blank lines")]
    Blank,
    /// The file is something else than a list; `found` says what.
    #[error(
        "the file is not a list but {found}; give a CSV file or an Excel workbook (.xlsx, .xls)"
    )]
    NotATable {
        /// What the file looks like, with its article.
        found: &'static str,
    },
    /// The path names something that is no file.
    #[error("the path does not name a file")]
    NotAFile,
    /// The file is larger than what is read; nothing was read.
    #[error("the file is too large: {bytes} bytes, at most {limit} are read; split the list")]
    TooLarge {
        /// The file's length in bytes.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The list has more rows than are read.
    #[error("the list has more than {limit} rows; split it")]
    TooManyRows {
        /// The most rows.
        limit: usize,
    },
    /// A row has more cells than a list may have columns.
    #[error("line {line} has more than {limit} columns; is this a guest list?")]
    TooManyColumns {
        /// The line in the file, from 1.
        line: u32,
        /// The most columns.
        limit: usize,
    },
    /// A cell is too long for a workbook.
    #[error("row {row}: a cell is longer than the {limit} characters that a workbook holds")]
    CellTooLong {
        /// The workbook's row, from 1.
        row: u32,
        /// The most characters.
        limit: usize,
    },
    /// The workbook's parts unpack to more than is read.
    #[error("the workbook unpacks to more than {limit} bytes; it is damaged or made to do harm")]
    Bomb {
        /// The most bytes.
        limit: u64,
    },
    /// The workbook asks for a password.
    #[error("the workbook is protected by a password; save a copy without one")]
    Protected,
    /// The workbook can't be read.
    #[error("the workbook is damaged: {0}")]
    Damaged(String),
    /// The workbook has no sheet of the asked name.
    #[error("the workbook has no sheet “{asked}”; it has: {known}")]
    UnknownSheet {
        /// The name asked for.
        asked: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// The text's encoding was not recognised, or it is not the one that was asked for.
    #[error("the text is in no encoding that is known{0}; save the list as CSV UTF-8")]
    Undecodable(String),
    /// The delimiter asked for is no single ASCII character that can separate cells.
    #[error("“{0}” can't separate columns; use a comma, semicolon, tab or |")]
    BadDelimiter(char),
    /// The machine failed to read or write.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl SheetError {
    /// The stable code of the error, in snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::Blank => "file_blank",
            Self::NotATable { .. } => "file_not_a_table",
            Self::NotAFile => "not_a_file",
            Self::TooLarge { .. } => "file_too_large",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::CellTooLong { .. } => "cell_too_long",
            Self::Bomb { .. } => "workbook_too_large",
            Self::Protected => "workbook_protected",
            Self::Damaged(_) => "workbook_damaged",
            Self::UnknownSheet { .. } => "sheet_unknown",
            Self::Undecodable(_) => "encoding_unknown",
            Self::BadDelimiter(_) => "delimiter_invalid",
            Self::Io(_) => "io",
        }
    }
}
