//! What is shown of an examined list.

use serde::Serialize;

use super::draft::GuestDraft;
use super::duplicates::Duplicate;
use super::mapping::{MappedColumn, Mapping};
use super::rows::RowError;
use super::{Examined, PREVIEW_GUESTS};

/// Something that a person should know about a list and that is no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportNote {
    /// The stable code.
    pub code: &'static str,
    /// What was noticed, in one sentence.
    pub message: String,
}

impl ImportNote {
    pub(crate) fn new(code: &'static str, message: String) -> Self {
        Self { code, message }
    }
}

/// A plan in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanCounts {
    /// New guests.
    pub added: usize,
    /// Guests about whom the list says something new.
    pub changed: usize,
    /// Guests about whom it says what is known.
    pub unchanged: usize,
    /// Guests whom it does not name.
    pub missing: usize,
}

/// An examined list as it is printed and sent: one object.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportReport<'a> {
    /// The text's encoding.
    pub encoding: &'a str,
    /// What separates columns; `null` for workbooks and text of one column.
    pub delimiter: Option<char>,
    /// How many rows of guests the list has.
    pub rows: usize,
    /// The header's line, `null` when there is none.
    pub header_line: Option<u32>,
    /// Each field with its column's header.
    pub mapping: &'a Mapping,
    /// Every column, its field and how that was told.
    pub columns: &'a [MappedColumn],
    /// Everything that is wrong, by line.
    pub errors: &'a [RowError],
    /// Rows that repeat an earlier one.
    pub duplicates: &'a [Duplicate],
    /// What accepting would do.
    pub plan: PlanCounts,
    /// Ticket types that would be made.
    pub new_ticket_types: &'a [String],
    /// What a person should know besides.
    pub notes: &'a [ImportNote],
    /// The first guests.
    pub preview: &'a [GuestDraft],
}

impl Examined {
    /// What is shown; encoding and delimiter come from whoever read the file.
    #[must_use]
    pub fn report<'a>(&'a self, encoding: &'a str, delimiter: Option<char>) -> ImportReport<'a> {
        ImportReport {
            encoding,
            delimiter,
            rows: self.rows,
            header_line: self.layout.header_line(),
            mapping: &self.mapping,
            columns: self.mapping.columns(),
            errors: &self.errors,
            duplicates: &self.duplicates,
            plan: self.counts(),
            new_ticket_types: &self.new_ticket_types,
            notes: &self.notes,
            preview: &self.drafts[..self.drafts.len().min(PREVIEW_GUESTS)],
        }
    }

    /// The plan in numbers.
    #[must_use]
    pub fn counts(&self) -> PlanCounts {
        PlanCounts {
            added: self.plan.added.len(),
            changed: self.plan.changed.len(),
            unchanged: self.plan.unchanged.len(),
            missing: self.plan.missing.len(),
        }
    }
}
