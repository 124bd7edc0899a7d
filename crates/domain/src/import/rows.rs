//! Rows to guests, and everything that is wrong with them.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::clean::{clean_lines, clean_text, push_folded};
use super::contact::{check_email, check_phone};
use super::draft::{GuestDraft, GuestValues, ListField};
use super::layout::Layout;
use super::mapping::Mapping;
use super::{ImportOptions, ListRows, MAX_CELL_CHARS, MAX_NAME_CHARS, MAX_PARTY_SIZE};
use crate::words::words;

words! {
    /// What is wrong with a value of a row.
    RowCode("row error") {
        /// The row has no name.
        NameMissing = "name_missing",
        /// The name is longer than 200 characters.
        NameTooLong = "name_too_long",
        /// The e-mail address has not the shape of one.
        EmailInvalid = "email_invalid",
        /// The telephone number has not the shape of one.
        PhoneInvalid = "phone_invalid",
        /// The event has no such ticket type.
        TicketTypeUnknown = "ticket_type_unknown",
        /// Another guest has the seat.
        SeatTaken = "seat_taken",
        /// The row has filled cells beyond the header's.
        RaggedRow = "ragged_row",
        /// A cell is longer than its field takes.
        CellTooLong = "cell_too_long",
        /// A cell holds control characters.
        ControlCharacters = "control_characters",
        /// A cell holds bytes that the file's encoding does not know.
        TextDamaged = "text_damaged",
        /// The party size is no number from 1 to 50.
        PartySizeInvalid = "party_size_invalid",
        /// The language is no tag and no name that is known.
        LanguageUnknown = "language_unknown",
        /// A quote in the row never closes.
        QuoteUnclosed = "quote_unclosed",
    }
}

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowError {
    /// The line in the file at which the row begins, from 1.
    pub line: u32,
    /// The column's header; blank when the row as a whole is meant.
    pub column: String,
    /// The value as found, cut at 120 characters.
    pub value: String,
    /// The stable code.
    pub code: RowCode,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

/// The outcome of reading: good rows, and what the bad ones still tell about who is on the list.
#[derive(Debug, Default)]
pub(crate) struct ReadRows {
    pub(crate) drafts: Vec<GuestDraft>,
    /// Guests of bad rows, as far as they could be read: they are on the list, so not missing.
    pub(crate) rejected: Vec<GuestDraft>,
    pub(crate) errors: Vec<RowError>,
    pub(crate) new_ticket_types: Vec<String>,
}

struct Reader<'a, R: ?Sized> {
    list: &'a R,
    mapping: &'a Mapping,
    options: &'a ImportOptions,
    /// Known ticket types by folded name.
    types: FxHashMap<String, Box<str>>,
    key: String,
    read: ReadRows,
}

pub(crate) fn read_rows<R: ListRows + ?Sized>(
    list: &R,
    layout: &Layout,
    mapping: &Mapping,
    options: &ImportOptions,
) -> ReadRows {
    let types = options
        .ticket_types
        .iter()
        .map(|name| (folded(name), name.as_str().into()))
        .collect();
    let mut reader = Reader {
        list,
        mapping,
        options,
        types,
        key: String::new(),
        read: ReadRows::default(),
    };
    reader
        .read
        .drafts
        .reserve(list.row_count() - layout.first_row());
    for row in layout.first_row()..list.row_count() {
        reader.read_row(row);
    }
    reader.read
}

fn folded(text: &str) -> String {
    let mut out = String::new();
    push_folded(text, false, &mut out);
    out
}

impl<R: ListRows + ?Sized> Reader<'_, R> {
    fn read_row(&mut self, row: usize) {
        let line = self.list.line(row);
        let errors_before = self.read.errors.len();
        let mut values = GuestValues::default();
        let (mut first, mut last) = (Cow::Borrowed(""), Cow::Borrowed(""));
        let mut name_bad = false;
        if self.list.quote_unclosed(row) {
            self.fail(
                line,
                "",
                self.list.cell(row, 0),
                RowCode::QuoteUnclosed,
                "a quotation mark in this row is opened and never closed; close or remove it"
                    .into(),
            );
        }
        for (column, mapped) in self.mapping.columns().iter().enumerate() {
            let raw = self.list.cell(row, column);
            if raw.is_empty() || mapped.field == ListField::Ignore {
                continue;
            }
            let Some(text) = self.clean(line, &mapped.header, mapped.field, raw) else {
                name_bad |= super::layout::is_name(mapped.field);
                continue;
            };
            if text.is_empty() {
                continue;
            }
            match mapped.field {
                ListField::FirstName => first = text,
                ListField::LastName => last = text,
                ListField::Email => self.take_email(line, &mapped.header, &text, &mut values),
                ListField::Phone => self.take_phone(line, &mapped.header, &text, &mut values),
                ListField::TicketType => self.take_type(line, &mapped.header, &text, &mut values),
                ListField::PartySize => {
                    self.take_party(line, &mapped.header, &text, 0, &mut values);
                }
                ListField::PlusOnes => {
                    self.take_party(line, &mapped.header, &text, 1, &mut values);
                }
                ListField::Language => {
                    self.take_language(line, &mapped.header, &text, &mut values);
                }
                ListField::Custom => {
                    values
                        .custom
                        .push((mapped.header.as_str().into(), text.into()));
                }
                field => values.set_text(field, text),
            }
        }
        if values.name.is_empty() && !(first.is_empty() && last.is_empty()) {
            values.name = match (first.is_empty(), last.is_empty()) {
                (false, false) => format!("{first} {last}").into(),
                (false, true) => first.into(),
                _ => last.into(),
            };
        }
        self.check_name(line, &values, name_bad);
        self.check_width(row, line);
        let draft = GuestDraft { line, values };
        if self.read.errors.len() == errors_before {
            self.read.drafts.push(draft);
        } else {
            self.read.rejected.push(draft);
        }
    }

    fn fail(&mut self, line: u32, column: &str, value: &str, code: RowCode, message: String) {
        let value = value.chars().take(120).collect();
        self.read.errors.push(RowError {
            line,
            column: column.to_owned(),
            value,
            code,
            message,
        });
    }

    fn clean<'t>(
        &mut self,
        line: u32,
        column: &str,
        field: ListField,
        raw: &'t str,
    ) -> Option<Cow<'t, str>> {
        let limit = max_chars(field);
        // Most cells are far from every limit; only long ones are counted.
        if raw.len() > MAX_CELL_CHARS && raw.chars().count() > MAX_CELL_CHARS {
            self.fail(
                line,
                column,
                raw,
                RowCode::CellTooLong,
                format!("the cell is longer than {MAX_CELL_CHARS} characters; shorten it"),
            );
            return None;
        }
        let cleaned = if matches!(field, ListField::Notes | ListField::Custom) {
            clean_lines(raw)
        } else {
            clean_text(raw)
        };
        let text = match cleaned {
            Ok(text) => text,
            Err(found) => {
                let shown: String = raw
                    .chars()
                    .flat_map(char::escape_default)
                    .take(120)
                    .collect();
                self.fail(
                    line,
                    column,
                    &shown,
                    RowCode::ControlCharacters,
                    format!(
                        "the cell holds a control character (U+{:04X}); remove it",
                        u32::from(found.0)
                    ),
                );
                return None;
            }
        };
        if !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER) {
            self.fail(line, column, &text, RowCode::TextDamaged,
                "some letters can't be read in the file's encoding; correct them or save the list as UTF-8".into());
            return None;
        }
        if text.len() > limit && text.chars().count() > limit {
            let (code, what) = if super::layout::is_name(field) {
                (RowCode::NameTooLong, "the name")
            } else {
                (RowCode::CellTooLong, "the cell")
            };
            self.fail(
                line,
                column,
                &text,
                code,
                format!("{what} is longer than {limit} characters; shorten it"),
            );
            return None;
        }
        Some(text)
    }

    fn take_email(&mut self, line: u32, column: &str, text: &str, values: &mut GuestValues) {
        match check_email(text) {
            Some(email) => values.email = email.into(),
            None => {
                let message = if text.matches('@').count() > 1 {
                    "a guest has one e-mail address; give each guest a row of their own"
                } else {
                    "this is no e-mail address, such as ana@example.com"
                };
                self.fail(line, column, text, RowCode::EmailInvalid, message.into());
            }
        }
    }

    fn take_phone(&mut self, line: u32, column: &str, text: &str, values: &mut GuestValues) {
        match check_phone(text, &self.options.phone) {
            Some(phone) => values.phone = phone.into(),
            None => self.fail(
                line,
                column,
                text,
                RowCode::PhoneInvalid,
                "this is no telephone number of 5 to 15 digits, such as +44 7700 900123".into(),
            ),
        }
    }

    fn take_type(&mut self, line: u32, column: &str, text: &str, values: &mut GuestValues) {
        self.key.clear();
        push_folded(text, false, &mut self.key);
        if let Some(name) = self.types.get(&self.key) {
            values.ticket_type = name.clone();
        } else if self.options.create_ticket_types || self.options.ticket_types.is_empty() {
            self.types.insert(self.key.clone(), text.into());
            self.read.new_ticket_types.push(text.to_owned());
            values.ticket_type = text.into();
        } else {
            let known = self.options.ticket_types.join(", ");
            self.fail(
                line,
                column,
                text,
                RowCode::TicketTypeUnknown,
                format!("the event has no ticket type of this name; it has: {known}"),
            );
        }
    }

    fn take_party(
        &mut self,
        line: u32,
        column: &str,
        text: &str,
        plus: u16,
        values: &mut GuestValues,
    ) {
        match read_count(text) {
            Some(count) if (1..=MAX_PARTY_SIZE).contains(&count.saturating_add(plus)) => {
                // A party size outweighs a count of companions.
                if plus == 0 || values.party_size.is_none() {
                    values.party_size = Some(count + plus);
                }
            }
            _ => self.fail(
                line,
                column,
                text,
                RowCode::PartySizeInvalid,
                format!(
                    "this is no number of people from {} to {}",
                    1 - plus,
                    MAX_PARTY_SIZE - plus
                ),
            ),
        }
    }

    fn take_language(&mut self, line: u32, column: &str, text: &str, values: &mut GuestValues) {
        match read_language(text) {
            Some(tag) => values.language = tag.into(),
            None => self.fail(
                line,
                column,
                text,
                RowCode::LanguageUnknown,
                "this is no language; give a tag such as en, fr or pt-BR".into(),
            ),
        }
    }

    fn check_name(&mut self, line: u32, values: &GuestValues, already_bad: bool) {
        let header = [ListField::Name, ListField::LastName, ListField::FirstName]
            .into_iter()
            .map(|field| self.mapping.header_of(field))
            .find(|header| !header.is_empty())
            .unwrap_or_default();
        if values.name.is_empty() {
            if !already_bad {
                self.fail(
                    line,
                    header,
                    "",
                    RowCode::NameMissing,
                    "the row has no name".into(),
                );
            }
        } else if values.name.len() > MAX_NAME_CHARS && values.name.chars().count() > MAX_NAME_CHARS
        {
            self.fail(
                line,
                header,
                &values.name,
                RowCode::NameTooLong,
                format!("the name is longer than {MAX_NAME_CHARS} characters; shorten it"),
            );
        }
    }

    fn check_width(&mut self, row: usize, line: u32) {
        let columns = self.mapping.columns().len();
        for column in columns..self.list.cell_count(row) {
            let value = self.list.cell(row, column).trim();
            if !value.is_empty() {
                self.fail(line, "", value, RowCode::RaggedRow, format!(
                    "the row has {} cells, the list {columns} columns; quote cells that hold the delimiter",
                    self.list.cell_count(row)));
                return;
            }
        }
    }
}

fn max_chars(field: ListField) -> usize {
    match field {
        ListField::Seat | ListField::Language | ListField::PartySize | ListField::PlusOnes => 50,
        ListField::TicketType => 100,
        ListField::Notes => 10_000,
        ListField::Custom => 2_000,
        // The check of the address itself is stricter.
        ListField::Email => 1_000,
        _ => MAX_NAME_CHARS,
    }
}

/// A count, or yes and no in several languages as 1 and 0.
fn read_count(text: &str) -> Option<u16> {
    let text = text.strip_prefix('+').unwrap_or(text).trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    match folded(text).as_str() {
        "yes" | "y" | "si" | "oui" | "ja" | "sim" | "tak" | "true" | "x" => Some(1),
        "no" | "n" | "non" | "nein" | "nao" | "nee" | "nie" | "false" | "" => Some(0),
        _ => None,
    }
}

/// A language as a tag of BCP 47: language and, where given, script and region.
fn read_language(text: &str) -> Option<String> {
    const NAMES: &[(&str, &str)] = &[
        ("english", "en"),
        ("ingles", "en"),
        ("anglais", "en"),
        ("englisch", "en"),
        ("inglese", "en"),
        ("spanish", "es"),
        ("espanol", "es"),
        ("espagnol", "es"),
        ("spanisch", "es"),
        ("castellano", "es"),
        ("french", "fr"),
        ("francais", "fr"),
        ("frances", "fr"),
        ("franzosisch", "fr"),
        ("francese", "fr"),
        ("german", "de"),
        ("deutsch", "de"),
        ("aleman", "de"),
        ("allemand", "de"),
        ("tedesco", "de"),
        ("portuguese", "pt"),
        ("portugues", "pt"),
        ("portugais", "pt"),
        ("portugiesisch", "pt"),
        ("italian", "it"),
        ("italiano", "it"),
        ("italien", "it"),
        ("italienisch", "it"),
        ("dutch", "nl"),
        ("nederlands", "nl"),
        ("polish", "pl"),
        ("polski", "pl"),
        ("catala", "ca"),
        ("russian", "ru"),
        ("русскии", "ru"),
        ("arabic", "ar"),
        ("العربية", "ar"),
        ("chinese", "zh"),
        ("中文", "zh"),
        ("japanese", "ja"),
        ("日本語", "ja"),
        ("turkish", "tr"),
        ("turkce", "tr"),
        ("hindi", "hi"),
        ("hebrew", "he"),
        ("thai", "th"),
        ("greek", "el"),
        ("korean", "ko"),
    ];
    let name = folded(text);
    if let Some((_, tag)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some((*tag).to_owned());
    }
    let mut tag = String::new();
    for (index, part) in text.split(['-', '_']).enumerate() {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        match (index, part.len()) {
            (0, 2 | 3) if letters => tag.push_str(&part.to_ascii_lowercase()),
            (1, 4) if letters => {
                tag.push('-');
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            (1 | 2, 2) if letters => {
                tag.push('-');
                tag.push_str(&part.to_ascii_uppercase());
            }
            (1 | 2, 3) if part.bytes().all(|b| b.is_ascii_digit()) => {
                tag.push('-');
                tag.push_str(part);
            }
            _ => return None,
        }
    }
    Some(tag)
}

/// Seats as they are compared.
pub(crate) fn seat_key(seat: &str) -> String {
    let mut key: String = seat.to_lowercase();
    key.retain(|c| !c.is_whitespace());
    key
}

/// Finds seats that two rows claim; the later row is in error. Bad rows claim too: once they are
/// mended, the seat would be theirs.
pub(crate) fn check_seats(read: &mut ReadRows, mapping: &Mapping) {
    if mapping.column_of(ListField::Seat).is_none() {
        return;
    }
    let mut claims: Vec<(u32, &GuestValues)> = read
        .drafts
        .iter()
        .chain(&read.rejected)
        .filter(|draft| !draft.values.seat.is_empty())
        .map(|draft| (draft.line, &draft.values))
        .collect();
    claims.sort_unstable_by_key(|(line, _)| *line);
    let mut taken: FxHashMap<String, u32> = FxHashMap::default();
    let mut errors = Vec::new();
    for (line, values) in claims {
        match taken.entry(seat_key(&values.seat)) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(line);
            }
            std::collections::hash_map::Entry::Occupied(place) => errors.push(RowError {
                line,
                column: mapping.header_of(ListField::Seat).to_owned(),
                value: values.seat.to_string(),
                code: RowCode::SeatTaken,
                message: format!("line {} has this seat already", place.get()),
            }),
        }
    }
    reject(read, errors);
}

/// Takes rows with the given errors out of the good ones.
pub(crate) fn reject(read: &mut ReadRows, errors: Vec<RowError>) {
    if errors.is_empty() {
        return;
    }
    let mut lines: Vec<u32> = errors.iter().map(|error| error.line).collect();
    lines.sort_unstable();
    let (bad, good) = std::mem::take(&mut read.drafts)
        .into_iter()
        .partition(|draft| lines.binary_search(&draft.line).is_ok());
    read.drafts = good;
    let bad: Vec<GuestDraft> = bad;
    read.rejected.extend(bad);
    read.errors.extend(errors);
}
