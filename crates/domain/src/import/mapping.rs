//! Which column means which field.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::clean::{clean_text, fold_header};
use super::contact::{check_email, check_phone};
use super::draft::ListField;
use super::layout::{Layout, SAMPLE_ROWS, is_name};
use super::report::ImportNote;
use super::vocabulary::Vocabulary;
use super::{ImportError, ImportOptions, ListRows, PhoneRule};

/// How a column's meaning was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MappedBy {
    /// A person said it.
    Explicit,
    /// It was so in an earlier list.
    Remembered,
    /// Its header is a known name.
    Header,
    /// Its values look like it.
    Content,
    /// By nothing: it becomes a custom field.
    Nothing,
}

/// One column and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MappedColumn {
    /// The column's name, as [`Layout::columns`] has it.
    pub header: String,
    /// What it means.
    pub field: ListField,
    /// How that was told.
    pub by: MappedBy,
}

/// What each column of a list means, in the list's order.
///
/// Serialised as an object: each field with its column's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<MappedColumn>,
}

impl Mapping {
    /// The columns in the list's order.
    #[must_use]
    pub fn columns(&self) -> &[MappedColumn] {
        &self.columns
    }

    /// The column's index of a field that one column has at most.
    #[must_use]
    pub fn column_of(&self, field: ListField) -> Option<usize> {
        self.columns.iter().position(|column| column.field == field)
    }

    /// The header of a field's column; blank when no column has it.
    #[must_use]
    pub fn header_of(&self, field: ListField) -> &str {
        self.column_of(field)
            .map_or("", |column| &self.columns[column].header)
    }

    /// What to remember for the next list: the headers and their meaning.
    #[must_use]
    pub fn to_remember(&self) -> Vec<(String, ListField)> {
        self.columns
            .iter()
            .filter(|column| !matches!(column.by, MappedBy::Nothing | MappedBy::Content))
            .map(|column| (column.header.clone(), column.field))
            .collect()
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in ListField::ALL {
            if let (Some(column), false) = (
                self.column_of(*field),
                matches!(field, ListField::Custom | ListField::Ignore),
            ) {
                map.serialize_entry(field.word(), &self.columns[column].header)?;
            }
        }
        map.end()
    }
}

impl utoipa::PartialSchema for Mapping {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .additional_properties(Some(ObjectBuilder::new().schema_type(Type::String)))
            .into()
    }
}

impl utoipa::ToSchema for Mapping {}

struct Mapper<'a> {
    layout: &'a Layout,
    columns: Vec<Option<(ListField, MappedBy)>>,
    notes: Vec<ImportNote>,
}

pub(crate) fn map_columns<R: ListRows + ?Sized>(
    list: &R,
    layout: &Layout,
    options: &ImportOptions,
) -> Result<(Mapping, Vec<ImportNote>), ImportError> {
    let mut mapper = Mapper {
        layout,
        columns: vec![None; layout.columns().len()],
        notes: Vec::new(),
    };
    mapper.map_explicit(options)?;
    let remembered: Vec<(String, ListField)> = options
        .remembered
        .iter()
        .map(|(header, field)| (fold_header(header), *field))
        .collect();
    mapper.map_by(MappedBy::Remembered, |header| {
        let folded = fold_header(header);
        remembered
            .iter()
            .find(|(known, _)| *known == folded)
            .map(|(_, field)| *field)
    });
    if layout.has_header() {
        let vocabulary = Vocabulary::new();
        mapper.map_by(MappedBy::Header, |header| vocabulary.exact(header));
        mapper.map_by(MappedBy::Header, |header| vocabulary.by_piece(header));
        mapper.settle_names(&vocabulary);
    }
    mapper.map_content(list);
    if !mapper
        .columns
        .iter()
        .flatten()
        .any(|(field, _)| is_name(*field))
    {
        let columns = layout.columns();
        return Err(ImportError::NoNameColumn {
            example: columns.first().cloned().unwrap_or_default(),
            known: columns.join(", "),
        });
    }
    let columns = layout
        .columns()
        .iter()
        .zip(mapper.columns)
        .map(|(header, told)| {
            let (field, by) = told.unwrap_or((ListField::Custom, MappedBy::Nothing));
            MappedColumn {
                header: header.clone(),
                field,
                by,
            }
        })
        .collect();
    Ok((Mapping { columns }, mapper.notes))
}

impl Mapper<'_> {
    fn holder(&self, field: ListField) -> Option<usize> {
        self.columns
            .iter()
            .position(|told| told.is_some_and(|(known, _)| known == field))
    }

    fn map_explicit(&mut self, options: &ImportOptions) -> Result<(), ImportError> {
        let headers = self.layout.columns();
        for (field, asked) in &options.map {
            let column = self
                .find_column(asked)
                .ok_or_else(|| ImportError::UnknownColumn {
                    field: *field,
                    asked: asked.clone(),
                    known: headers.join(", "),
                })?;
            if let Some((first, _)) = self.columns[column]
                && first != *field
            {
                return Err(ImportError::ColumnMappedTwice {
                    column: headers[column].clone(),
                    first,
                    second: *field,
                });
            }
            let many = matches!(field, ListField::Custom | ListField::Ignore);
            if let (Some(first), false) = (self.holder(*field), many)
                && first != column
            {
                return Err(ImportError::FieldMappedTwice {
                    field: *field,
                    first: headers[first].clone(),
                    second: headers[column].clone(),
                });
            }
            self.columns[column] = Some((*field, MappedBy::Explicit));
        }
        Ok(())
    }

    /// A column by its header, exactly or folded, or by its number from 1.
    fn find_column(&self, asked: &str) -> Option<usize> {
        let headers = self.layout.columns();
        let cleaned = clean_text(asked).ok()?;
        let folded = fold_header(asked);
        headers
            .iter()
            .position(|header| *header == cleaned)
            .or_else(|| {
                headers
                    .iter()
                    .position(|header| !folded.is_empty() && fold_header(header) == folded)
            })
            .or_else(|| {
                let number: usize = asked.trim().parse().ok()?;
                (1..=headers.len()).contains(&number).then(|| number - 1)
            })
    }

    fn map_by(&mut self, by: MappedBy, tell: impl Fn(&str) -> Option<ListField>) {
        // An explicit whole name leaves no room for its parts.
        let whole = self
            .columns
            .iter()
            .flatten()
            .any(|(field, by)| *field == ListField::Name && *by == MappedBy::Explicit);
        for (column, header) in self.layout.columns().iter().enumerate() {
            if self.columns[column].is_some() {
                continue;
            }
            let Some(field) = tell(header) else { continue };
            if whole && is_name(field) {
                continue;
            }
            let many = matches!(field, ListField::Custom | ListField::Ignore);
            match self.holder(field) {
                Some(first) if !many => self.notes.push(ImportNote::new(
                    "column_repeated",
                    format!(
                        "“{header}” also looks like {field}, which “{}” has; it is kept as a custom field",
                        self.layout.columns()[first],
                    ),
                )),
                _ => {
                    self.columns[column] = Some((field, by));
                    continue;
                }
            }
            self.columns[column] = Some((ListField::Custom, MappedBy::Nothing));
        }
    }

    /// "Name, Vorname" and "Nom, Prénom" mean the family name; "Nombre, Apellidos" and "Name,
    /// Surname" the given one.
    fn settle_names(&mut self, vocabulary: &Vocabulary) {
        let Some(column) = self.holder(ListField::Name) else {
            return;
        };
        if self.columns[column].is_some_and(|(_, by)| by != MappedBy::Header)
            || !vocabulary.is_generic_name(&self.layout.columns()[column])
        {
            return;
        }
        let part = match (
            self.holder(ListField::FirstName),
            self.holder(ListField::LastName),
        ) {
            (Some(_), None) => ListField::LastName,
            (None, Some(_)) => ListField::FirstName,
            _ => return,
        };
        self.columns[column] = Some((part, MappedBy::Header));
    }

    /// Columns whose header says nothing: addresses and numbers are told by their look, and where
    /// nothing else is the name, the first column of words is.
    fn map_content<R: ListRows + ?Sized>(&mut self, list: &R) {
        let first = self.layout.first_row();
        let sample = first..list.row_count().min(first + SAMPLE_ROWS);
        let share = |column: usize, fits: &dyn Fn(&str) -> bool| {
            let (mut filled, mut good) = (0_usize, 0_usize);
            for row in sample.clone() {
                let value = list.cell(row, column).trim();
                if !value.is_empty() {
                    filled += 1;
                    good += usize::from(fits(value));
                }
            }
            filled > 0 && good * 5 >= filled * 4
        };
        let looks: [(ListField, Look); 2] = [
            (ListField::Email, |value| check_email(value).is_some()),
            (ListField::Phone, looks_like_phone),
        ];
        for (field, fits) in looks {
            if self.holder(field).is_some() {
                continue;
            }
            let found = (0..self.columns.len())
                .find(|column| self.columns[*column].is_none() && share(*column, &fits));
            if let Some(column) = found {
                self.columns[column] = Some((field, MappedBy::Content));
            }
        }
        if !self
            .columns
            .iter()
            .flatten()
            .any(|(field, _)| is_name(*field))
        {
            let named = |fits: &dyn Fn(&str) -> bool| {
                (0..self.columns.len())
                    .find(|column| self.columns[*column].is_none() && share(*column, fits))
            };
            // Two words first; a column of single words only where there is no header to ask about.
            let found = named(&|value| looks_like_name(value) && value.contains([' ', '\u{3000}']))
                .or_else(|| {
                    (!self.layout.has_header())
                        .then(|| named(&looks_like_name))
                        .flatten()
                });
            if let Some(column) = found {
                self.columns[column] = Some((ListField::Name, MappedBy::Content));
            }
        }
    }
}

/// Whether a value looks like a field's.
type Look = fn(&str) -> bool;

fn looks_like_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    // A bare number is as likely a reference; a telephone number has a plus, a zero or breaks.
    digits >= 7
        && (value.starts_with(['+', '0', '(']) || value.contains([' ', '-', '.', '/']))
        && check_phone(value, &PhoneRule::default()).is_some()
}

fn looks_like_name(value: &str) -> bool {
    value.chars().count() <= 80
        && value.chars().any(char::is_alphabetic)
        && !value
            .chars()
            .any(|c| c.is_ascii_digit() || matches!(c, '@' | '/' | ':' | '='))
}
