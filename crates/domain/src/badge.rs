//! What a door prints for those who are let in.

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
use crate::id::TicketTypeId;

/// What is printed at check-in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BadgeKind {
    /// Nothing.
    #[default]
    Nothing,
    /// A badge to wear.
    Badge,
    /// A receipt to keep.
    Receipt,
}

/// What it is printed on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BadgePaper {
    /// A card of 90 × 60 mm.
    #[default]
    Card,
    /// 105 × 148 mm.
    A6,
    /// 100 mm of a roll of labels, 62 mm wide.
    Label62,
    /// A roll 80 mm wide.
    Roll80,
    /// A roll 58 mm wide.
    Roll58,
}

/// What the doors of an event print, on what and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BadgeSettings {
    /// What is printed.
    #[schema(required)]
    pub kind: BadgeKind,
    /// On what.
    #[schema(required)]
    pub paper: BadgePaper,
    /// For which ticket types; for all where none is named.
    #[schema(required)]
    pub ticket_types: Vec<TicketTypeId>,
    /// Whether it is printed with the admission, without a press.
    #[schema(required)]
    pub at_once: bool,
    /// Whether a badge shows the ticket's code, where the gate has it.
    #[schema(required)]
    pub code: bool,
}

/// Ticket types that can be named at most.
const MOST_TYPES: usize = 200;

impl BadgeKind {
    /// Whether it is printed on such paper.
    #[must_use]
    pub fn fits(self, paper: BadgePaper) -> bool {
        match self {
            Self::Nothing => true,
            Self::Badge => paper != BadgePaper::Roll58,
            Self::Receipt => matches!(paper, BadgePaper::Roll80 | BadgePaper::Roll58),
        }
    }
}

impl BadgeSettings {
    /// Whether something is printed for tickets of a type.
    #[must_use]
    pub fn prints_for(&self, ticket_type: TicketTypeId) -> bool {
        self.kind != BadgeKind::Nothing
            && (self.ticket_types.is_empty() || self.ticket_types.contains(&ticket_type))
    }

    /// Whether gates need the holder's organization for it.
    #[must_use]
    pub fn shows_company(&self) -> bool {
        self.kind == BadgeKind::Badge
    }

    /// Adds what is wrong with them.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if !self.kind.fits(self.paper) {
            errors.push(FieldError::new(
                "badge.paper",
                "paper_unfit",
                match self.kind {
                    BadgeKind::Receipt => "receipts are printed on a roll of 80 or 58 mm",
                    _ => "a badge needs more room than a roll of 58 mm has",
                },
            ));
        }
        if self.ticket_types.len() > MOST_TYPES {
            errors.push(FieldError::new(
                "badge.ticket_types",
                "types_too_many",
                format!("name {MOST_TYPES} ticket types at most, or none for all"),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TicketTypeId;

    #[test]
    fn what_is_printed_fits_its_paper() {
        use BadgeKind::{Badge, Nothing, Receipt};
        use BadgePaper::{A6, Card, Label62, Roll58, Roll80};
        for (kind, fitting) in [
            (Nothing, &[Card, A6, Label62, Roll80, Roll58][..]),
            (Badge, &[Card, A6, Label62, Roll80]),
            (Receipt, &[Roll80, Roll58]),
        ] {
            for paper in [Card, A6, Label62, Roll80, Roll58] {
                let settings = BadgeSettings {
                    kind,
                    paper,
                    ..BadgeSettings::default()
                };
                let mut errors = Vec::new();
                settings.check(&mut errors);
                let good = fitting.contains(&paper);
                assert_eq!(errors.is_empty(), good, "{kind:?} on {paper:?}");
            }
        }
    }

    #[test]
    fn types_are_all_or_those_that_are_named() {
        let of = |n: u128| TicketTypeId(uuid::Uuid::from_u128(n));
        let settings = |kind, ticket_types| BadgeSettings {
            kind,
            ticket_types,
            ..BadgeSettings::default()
        };
        assert!(settings(BadgeKind::Badge, vec![]).prints_for(of(1)));
        assert!(settings(BadgeKind::Badge, vec![of(1)]).prints_for(of(1)));
        assert!(!settings(BadgeKind::Badge, vec![of(2)]).prints_for(of(1)));
        assert!(!settings(BadgeKind::Nothing, vec![]).prints_for(of(1)));
    }
}
