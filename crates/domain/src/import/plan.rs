//! What accepting a list would change.

use serde::Serialize;

use super::ListedGuest;
use super::draft::{GuestDraft, GuestValues, ListField};
use super::keys::{Index, Keys, conflict};
use super::mapping::Mapping;
use super::rows::{ReadRows, RowCode, RowError, reject, seat_key};
use crate::id::GuestId;

/// What accepting a list would do. A row and a guest of the event are one person when, tried in
/// this order and each guest taken once,
///
/// 1. their external ids are the same;
/// 2. their e-mail address and name are the same;
/// 3. their e-mail address is the same and nobody else has it on either side (a new name);
/// 4. their name and telephone number are the same;
/// 5. their name and company are the same, unless both have e-mail addresses that differ;
/// 6. their name is the same, nothing known on both sides differs, and either nobody else has the
///    name on either side, or neither has an e-mail address (then in order, equals first).
///
/// Different external ids are never one person. What is blank in the list stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Plan {
    /// Drafts of new guests, by index.
    pub added: Vec<usize>,
    /// Drafts that say something new about a guest.
    pub changed: Vec<Change>,
    /// Drafts that say what is known.
    pub unchanged: Vec<Kept>,
    /// Guests whom the list does not name.
    pub missing: Vec<GuestId>,
}

/// What a draft would change about a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// The draft's index.
    pub draft: usize,
    /// The guest.
    pub guest: GuestId,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// A draft that says what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Kept {
    /// The draft's index.
    pub draft: usize,
    /// The guest.
    pub guest: GuestId,
}

/// One field's old and new value; blank when there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldChange {
    /// The field, by its word; a custom one by its header.
    pub field: String,
    /// What is known.
    pub before: String,
    /// What the list says.
    pub after: String,
}

/// Plans, and takes out rows whose seat a guest keeps who stays.
pub(crate) fn plan_changes(read: &mut ReadRows, mapping: &Mapping, guests: &[ListedGuest]) -> Plan {
    loop {
        let matches = match_guests(read, guests);
        let conflicts = seat_conflicts(read, mapping, guests, &matches);
        if conflicts.is_empty() {
            return lay_out(read, guests, &matches);
        }
        // Each turn takes rows out, so this ends.
        reject(read, conflicts);
    }
}

const NOBODY: u32 = u32::MAX;

/// For each draft, then each rejected row, the guest it means.
fn match_guests(read: &ReadRows, guests: &[ListedGuest]) -> Vec<u32> {
    let rows: Vec<&GuestValues> = read
        .drafts
        .iter()
        .chain(&read.rejected)
        .map(|draft| &draft.values)
        .collect();
    if guests.is_empty() {
        return vec![NOBODY; rows.len()];
    }
    let mut matcher = Matcher {
        ours: Keys::new(guests.iter().map(|guest| &guest.values)),
        theirs: Keys::new(rows.iter().copied()),
        of_row: vec![NOBODY; rows.len()],
        used: vec![false; guests.len()],
        free_rows: rows.len(),
    };
    matcher.match_all(&rows, guests);
    matcher.of_row
}

struct Matcher<'a> {
    /// The event's guests.
    ours: Keys<'a>,
    /// The list's rows.
    theirs: Keys<'a>,
    of_row: Vec<u32>,
    used: Vec<bool>,
    free_rows: usize,
}

/// What two sides must share; `None` when a part of it is blank.
type KeyOf = for<'k> fn(&'k Keys<'_>, usize) -> Option<(&'k str, &'k str)>;

fn filled<'t>(first: &'t str, second: &'t str) -> Option<(&'t str, &'t str)> {
    (!first.is_empty() && !second.is_empty()).then_some((first, second))
}

fn alone(text: &str) -> Option<(&str, &str)> {
    (!text.is_empty()).then_some((text, ""))
}

fn bare_name<'k>(keys: &'k Keys<'_>, at: usize) -> Option<(&'k str, &'k str)> {
    if keys.email(at).is_empty() {
        alone(keys.name(at))
    } else {
        None
    }
}

impl Matcher<'_> {
    fn match_all(&mut self, rows: &[&GuestValues], guests: &[ListedGuest]) {
        self.join(|keys, at| alone(keys.external(at)), |_, _, _| true);
        self.join(
            |keys, at| filled(keys.email(at), keys.name(at)),
            |_, _, _| true,
        );
        self.join_single(|keys, at| alone(keys.email(at)), |_, _, _| true);
        self.join(
            |keys, at| filled(keys.name(at), keys.phone(at)),
            |_, _, _| true,
        );
        self.join(
            |keys, at| filled(keys.name(at), keys.company(at)),
            |m, row, guest| !conflict(m.theirs.email(row), m.ours.email(guest)),
        );
        self.join_single(|keys, at| alone(keys.name(at)), Self::agree);
        self.join(bare_name, |_, row, guest| {
            *rows[row] == guests[guest].values
        });
        self.join(bare_name, Self::agree);
    }

    /// Whether nothing that both sides know differs.
    fn agree(&self, row: usize, guest: usize) -> bool {
        !conflict(self.theirs.email(row), self.ours.email(guest))
            && !conflict(self.theirs.phone(row), self.ours.phone(guest))
            && !conflict(self.theirs.company(row), self.ours.company(guest))
    }

    /// Joins rows and guests that are still free and share a key, in order.
    fn join(&mut self, key: KeyOf, fits: impl Fn(&Self, usize, usize) -> bool) {
        if self.free_rows == 0 {
            return;
        }
        let mut joined = Vec::new();
        {
            let mut used = self.used.clone();
            let index = Index::new(used.len(), |guest| {
                if used[guest] {
                    None
                } else {
                    key(&self.ours, guest)
                }
            });
            for row in (0..self.of_row.len()).filter(|row| self.of_row[*row] == NOBODY) {
                let Some(wanted) = key(&self.theirs, row) else {
                    continue;
                };
                let found = index.of(&wanted).find(|guest| {
                    !used[*guest] && self.may_be_one(row, *guest) && fits(self, row, *guest)
                });
                if let Some(guest) = found {
                    used[guest] = true;
                    joined.push((row, guest));
                }
            }
        }
        self.note(&joined);
    }

    /// Joins a free row and a free guest where nobody else on either side has their key.
    fn join_single(&mut self, key: KeyOf, fits: impl Fn(&Self, usize, usize) -> bool) {
        if self.free_rows == 0 {
            return;
        }
        let mut joined = Vec::new();
        {
            let ours = Index::new(self.used.len(), |guest| key(&self.ours, guest));
            let theirs = Index::new(self.of_row.len(), |row| key(&self.theirs, row));
            for row in (0..self.of_row.len()).filter(|row| self.of_row[*row] == NOBODY) {
                let Some(wanted) = key(&self.theirs, row) else {
                    continue;
                };
                if !ours.is_single(&wanted) || !theirs.is_single(&wanted) {
                    continue;
                }
                let found = ours.of(&wanted).find(|guest| {
                    !self.used[*guest] && self.may_be_one(row, *guest) && fits(self, row, *guest)
                });
                joined.extend(found.map(|guest| (row, guest)));
            }
        }
        self.note(&joined);
    }

    fn may_be_one(&self, row: usize, guest: usize) -> bool {
        !conflict(self.theirs.external(row), self.ours.external(guest))
    }

    fn note(&mut self, joined: &[(usize, usize)]) {
        for (row, guest) in joined {
            self.of_row[*row] = *guest as u32;
            self.used[*guest] = true;
        }
        self.free_rows -= joined.len();
    }
}

/// Rows that want a seat which a guest keeps who is not moved by the list.
fn seat_conflicts(
    read: &ReadRows,
    mapping: &Mapping,
    guests: &[ListedGuest],
    matches: &[u32],
) -> Vec<RowError> {
    if mapping.column_of(ListField::Seat).is_none() {
        return Vec::new();
    }
    // Only the good rows move anybody.
    let mut moves_to: Vec<Option<usize>> = vec![None; guests.len()];
    for (row, guest) in matches.iter().take(read.drafts.len()).enumerate() {
        if *guest != NOBODY && !read.drafts[row].values.seat.is_empty() {
            moves_to[*guest as usize] = Some(row);
        }
    }
    let held: rustc_hash::FxHashMap<String, usize> = guests
        .iter()
        .enumerate()
        .filter(|(guest, listed)| !listed.values.seat.is_empty() && moves_to[*guest].is_none())
        .map(|(guest, listed)| (seat_key(&listed.values.seat), guest))
        .collect();
    if held.is_empty() {
        return Vec::new();
    }
    read.drafts
        .iter()
        .filter(|draft| !draft.values.seat.is_empty())
        .filter_map(|draft| {
            let holder = held.get(&seat_key(&draft.values.seat))?;
            Some(RowError {
                line: draft.line,
                column: mapping.header_of(ListField::Seat).to_owned(),
                value: draft.values.seat.to_string(),
                code: RowCode::SeatTaken,
                message: format!("{} has this seat already", guests[*holder].values.name),
            })
        })
        .collect()
}

fn lay_out(read: &ReadRows, guests: &[ListedGuest], matches: &[u32]) -> Plan {
    let mut plan = Plan::default();
    let mut named = vec![false; guests.len()];
    for guest in matches.iter().filter(|guest| **guest != NOBODY) {
        named[*guest as usize] = true;
    }
    for (draft, row) in read.drafts.iter().enumerate() {
        if matches[draft] == NOBODY {
            plan.added.push(draft);
            continue;
        }
        let guest = &guests[matches[draft] as usize];
        let fields = differences(row, &guest.values);
        if fields.is_empty() {
            plan.unchanged.push(Kept {
                draft,
                guest: guest.id,
            });
        } else {
            plan.changed.push(Change {
                draft,
                guest: guest.id,
                fields,
            });
        }
    }
    plan.missing = guests
        .iter()
        .zip(named)
        .filter(|(_, named)| !named)
        .map(|(guest, _)| guest.id)
        .collect();
    plan
}

fn differences(draft: &GuestDraft, known: &GuestValues) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut compare = |field: &str, before: &str, after: &str| {
        if !after.is_empty() && before != after {
            fields.push(FieldChange {
                field: field.to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
            });
        }
    };
    for field in GuestValues::TEXT_FIELDS {
        compare(field.word(), known.text(field), draft.values.text(field));
    }
    if let Some(size) = draft.values.party_size
        && draft.values.party_size != known.party_size
    {
        let before = known
            .party_size
            .map(|size| size.to_string())
            .unwrap_or_default();
        compare(ListField::PartySize.word(), &before, &size.to_string());
    }
    for (header, value) in &draft.values.custom {
        compare(header, known.custom(header), value);
    }
    fields
}
