//! Guest lists: what columns mean, what is wrong with rows, and what an import would change.
//!
//! [`examine`] takes rows (of a file read elsewhere) and the guests that the event has, and gives
//! everything that a person wants to see before they accept: the mapping, **all** bad rows, the
//! duplicates, and a plan. It changes nothing. The rules:
//!
//! - **Header**: among the first ten rows, the one with the most known column names; title lines
//!   above it are passed over. A list without a header is read by its content.
//! - **Columns** are understood, in this order, by what the caller says, by what was remembered,
//!   by name in many languages, by content. A column that nobody claims becomes a custom field.
//! - **Values** are normalised: NFC, trimmed, inner white space collapsed, invisible characters
//!   and direction overrides removed (joiners stay where a script needs them).
//! - **A row with any error** stays out of the plan, and every error of every row is reported.
//! - **Duplicates** (see [`Duplicate`]) and **matching** (see [`Plan`]) follow their own rules.
//! - **Blank cells** never erase what an event knows, and columns that a list lacks change nothing.

mod clean;
mod contact;
mod draft;
mod duplicates;
mod keys;
mod layout;
mod mapping;
mod plan;
mod report;
mod rows;
#[cfg(test)]
mod tests;
mod vocabulary;

use crate::id::GuestId;

pub use clean::{clean_lines, clean_text};
pub use contact::{PhoneRule, check_email, check_phone};
pub use draft::{GuestDraft, GuestValues, ListField};
pub use duplicates::Duplicate;
pub use layout::Layout;
pub use mapping::{MappedBy, MappedColumn, Mapping};
pub use plan::{Change, FieldChange, Kept, Plan};
pub use report::{ImportNote, ImportReport, PlanCounts};
pub use rows::{RowCode, RowError};

/// The most characters of a name.
pub const MAX_NAME_CHARS: usize = 200;
/// The most people in a party, the guest included.
pub const MAX_PARTY_SIZE: u16 = 50;
/// The most characters of any cell, as spreadsheets have it.
pub const MAX_CELL_CHARS: usize = 32_767;
/// How many guests a preview shows.
pub const PREVIEW_GUESTS: usize = 20;

/// The rows of a list that are not blank, header and title rows included.
pub trait ListRows {
    /// The number of rows.
    fn row_count(&self) -> usize;
    /// The line in the file at which a row begins, from 1.
    fn line(&self, row: usize) -> u32;
    /// How many cells a row has.
    fn cell_count(&self, row: usize) -> usize;
    /// A cell's text, from 0; blank when the row has no such cell.
    fn cell(&self, row: usize, column: usize) -> &str;
    /// Whether the row holds a quote that never closes, so that its cells can't be trusted.
    fn quote_unclosed(&self, _row: usize) -> bool {
        false
    }
}

/// Rows in memory, line 1 being the first.
impl<T: AsRef<str>> ListRows for [Vec<T>] {
    fn row_count(&self) -> usize {
        self.len()
    }

    fn line(&self, row: usize) -> u32 {
        u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn cell_count(&self, row: usize) -> usize {
        self[row].len()
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self[row].get(column).map_or("", AsRef::as_ref)
    }
}

/// What the caller knows about a list.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Columns that a person assigned: the field, and the column's header or its number from 1.
    pub map: Vec<(ListField, String)>,
    /// What columns of these headers meant in earlier lists.
    pub remembered: Vec<(String, ListField)>,
    /// The line of the header, 0 for a list that has none; found when `None`.
    pub header_line: Option<u32>,
    /// How telephone numbers are read.
    pub phone: PhoneRule,
    /// The names of the event's ticket types; a type outside them is an error. With no names,
    /// any type is taken.
    pub ticket_types: Vec<String>,
    /// Whether types that the event lacks are to be made instead of refused.
    pub create_ticket_types: bool,
}

/// A guest that the event has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGuest {
    /// The guest's id.
    pub id: GuestId,
    /// What the event knows about them; the ticket type by name.
    pub values: GuestValues,
}

/// Why a list as a whole can't be imported. `code` is stable; the words are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No row at all, or a header without a row below.
    #[error("the list has no guests: {}", if *.header { "only a header" } else { "no row" })]
    NoRows {
        /// Whether a header was found.
        header: bool,
    },
    /// A column that was asked for is not there.
    #[error("there is no column “{asked}” for {field}; the columns are: {known}")]
    UnknownColumn {
        /// The field it was asked for.
        field: ListField,
        /// The header asked for.
        asked: String,
        /// The headers there are, separated by commas.
        known: String,
    },
    /// One column was asked for two fields.
    #[error("column “{column}” can't be both {first} and {second}")]
    ColumnMappedTwice {
        /// The column's header.
        column: String,
        /// The field asked for first.
        first: ListField,
        /// The field asked for then.
        second: ListField,
    },
    /// One field was asked to come from two columns.
    #[error("{field} can't come from both “{first}” and “{second}”")]
    FieldMappedTwice {
        /// The field.
        field: ListField,
        /// The column asked for first.
        first: String,
        /// The column asked for then.
        second: String,
    },
    /// No column holds names.
    #[error(
        "no column holds names; say which one does, such as name=\"{example}\"; the columns are: {known}"
    )]
    NoNameColumn {
        /// A column that could be meant.
        example: String,
        /// The headers there are, separated by commas.
        known: String,
    },
    /// The line given for the header is none of the list's first rows.
    #[error("line {line} is no row of the list, so it can't be the header")]
    NoHeaderLine {
        /// The line asked for.
        line: u32,
    },
}

impl ImportError {
    /// The stable code of the error, in snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRows { .. } => "rows_missing",
            Self::UnknownColumn { .. } => "column_unknown",
            Self::ColumnMappedTwice { .. } => "column_mapped_twice",
            Self::FieldMappedTwice { .. } => "field_mapped_twice",
            Self::NoNameColumn { .. } => "name_column_missing",
            Self::NoHeaderLine { .. } => "header_line_unknown",
        }
    }
}

/// Everything that is to be known about a list before it is accepted.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Where the header stands and what it says.
    pub layout: Layout,
    /// What each column means.
    pub mapping: Mapping,
    /// How many rows of guests the list has, bad ones and duplicates included.
    pub rows: usize,
    /// The guests of the good rows, duplicates left out, in the list's order.
    pub drafts: Vec<GuestDraft>,
    /// Everything that is wrong, by line, then column.
    pub errors: Vec<RowError>,
    /// Rows that repeat an earlier one.
    pub duplicates: Vec<Duplicate>,
    /// Ticket types to be made, in the order in which they come first.
    pub new_ticket_types: Vec<String>,
    /// What accepting would do.
    pub plan: Plan,
    /// What a person should know besides.
    pub notes: Vec<ImportNote>,
}

/// Examines a list against the guests that the event has. Nothing is changed.
///
/// # Errors
/// [`ImportError`] when the list as a whole can't be understood; what is wrong with single rows
/// is in [`Examined::errors`].
pub fn examine<R: ListRows + ?Sized>(
    list: &R,
    options: &ImportOptions,
    guests: &[ListedGuest],
) -> Result<Examined, ImportError> {
    let layout = layout::find_layout(list, options)?;
    let (mapping, mut notes) = mapping::map_columns(list, &layout, options)?;
    if !layout.has_header() {
        notes.insert(
            0,
            ImportNote::new(
                "header_missing",
                "the list has no header; columns were told by their content".into(),
            ),
        );
    }
    let mut read = rows::read_rows(list, &layout, &mapping, options);
    let duplicates = duplicates::take_duplicates(&mut read.drafts);
    rows::check_seats(&mut read, &mapping);
    let plan = plan::plan_changes(&mut read, &mapping, guests);
    read.errors.sort_by_key(|error| error.line);
    Ok(Examined {
        rows: list.row_count() - layout.first_row(),
        layout,
        mapping,
        drafts: read.drafts,
        errors: read.errors,
        duplicates,
        new_ticket_types: read.new_ticket_types,
        plan,
        notes,
    })
}
