//! What went wrong, as every door tells it: a stable code and words for the person (RFC 9457).

use gatehouse_domain::field::{FieldError, FieldErrors};
use serde::Serialize;

/// A refused request or a failed step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// The stable code, such as `event_unknown`.
    pub code: &'static str,
    /// What happened, what was kept, and what to do.
    pub detail: String,
    /// Errors of single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem without field errors.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }
}

impl From<gatehouse_store::StoreError> for Problem {
    fn from(error: gatehouse_store::StoreError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self {
            code: "fields_invalid",
            detail: errors.to_string(),
            errors: errors.0,
        }
    }
}

impl From<gatehouse_sheet::SheetError> for Problem {
    fn from(error: gatehouse_sheet::SheetError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<gatehouse_domain::import::ImportError> for Problem {
    fn from(error: gatehouse_domain::import::ImportError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<gatehouse_domain::ticket::TicketRefusal> for Problem {
    fn from(refusal: gatehouse_domain::ticket::TicketRefusal) -> Self {
        Self::new(refusal.code(), refusal.to_string())
    }
}

impl From<gatehouse_domain::batch::BatchStepRefused> for Problem {
    fn from(refused: gatehouse_domain::batch::BatchStepRefused) -> Self {
        Self::new("batch_step_refused", refused.to_string())
    }
}

impl From<gatehouse_print::PrintError> for Problem {
    fn from(error: gatehouse_print::PrintError) -> Self {
        Self::new("print_failed", error.to_string())
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        gatehouse_store::StoreError::from(error).into()
    }
}
