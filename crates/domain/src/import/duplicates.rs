//! Rows that repeat an earlier one.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::draft::GuestDraft;
use super::keys::{Keys, conflict};

/// A row that says again who an earlier row says; only the first counts. Two rows are one person
/// when
///
/// 1. they have the same external id, or
/// 2. the same e-mail address and the same name, or
/// 3. the same name, no e-mail address on both, and the same telephone number or the same company.
///
/// Different external ids are different people whatever else agrees. Two names at one address are
/// a couple or a family, not a duplicate. A name alone proves nothing. Case, accents and
/// punctuation of names don't count, nor does case of addresses. Rows with errors take no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Duplicate {
    /// The line that is left out.
    pub line: u32,
    /// The line that it repeats.
    pub of: u32,
}

/// Takes the duplicates out of the drafts.
pub(crate) fn take_duplicates(drafts: &mut Vec<GuestDraft>) -> Vec<Duplicate> {
    let mut repeats: Vec<Option<u32>> = vec![None; drafts.len()];
    {
        let keys = Keys::new(drafts.iter().map(|draft| &draft.values));
        let mut external: FxHashMap<&str, usize> = FxHashMap::default();
        let mut mailed: FxHashMap<(&str, &str), usize> = FxHashMap::default();
        let mut reached: FxHashMap<(&str, Reach<'_>), usize> = FxHashMap::default();
        mailed.reserve(drafts.len());
        for (guest, repeat) in repeats.iter_mut().enumerate() {
            let (name, email) = (keys.name(guest), keys.email(guest));
            let other = |known: Option<&usize>| {
                known
                    .copied()
                    .filter(|of| !conflict(keys.external(*of), keys.external(guest)))
            };
            let mut of = match keys.external(guest) {
                "" => None,
                id => external.get(id).copied(),
            };
            if email.is_empty() {
                for reach in reaches(&keys, guest) {
                    of = of.or_else(|| other(reached.get(&(name, reach))));
                }
            } else {
                of = of.or_else(|| other(mailed.get(&(email, name))));
            }
            if let Some(of) = of {
                *repeat = Some(drafts[of].line);
                continue;
            }
            if !keys.external(guest).is_empty() {
                external.insert(keys.external(guest), guest);
            }
            if email.is_empty() {
                for reach in reaches(&keys, guest) {
                    reached.entry((name, reach)).or_insert(guest);
                }
            } else {
                mailed.entry((email, name)).or_insert(guest);
            }
        }
    }
    let mut duplicates = Vec::new();
    let mut repeats = repeats.into_iter();
    drafts.retain(|draft| match repeats.next().flatten() {
        Some(of) => {
            duplicates.push(Duplicate {
                line: draft.line,
                of,
            });
            false
        }
        None => true,
    });
    duplicates
}

/// What besides the name tells a person without an address.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Reach<'a> {
    Phone(&'a str),
    Company(&'a str),
}

fn reaches<'k>(keys: &'k Keys<'_>, guest: usize) -> impl Iterator<Item = Reach<'k>> {
    let (phone, company) = (keys.phone(guest), keys.company(guest));
    [
        (!phone.is_empty()).then_some(Reach::Phone(phone)),
        (!company.is_empty()).then_some(Reach::Company(company)),
    ]
    .into_iter()
    .flatten()
}
