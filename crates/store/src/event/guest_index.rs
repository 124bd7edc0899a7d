//! The guest list as it is searched and ordered: folded text of every guest, kept in memory.
//!
//! It is read from the file once after each edit (about 0.1 s for 100,000 guests); a search is then
//! a look through a few megabytes of text, wherever in a word the letters stand.

use gatehouse_domain::guest::{GuestOrder, GuestStanding, sort_key};
use gatehouse_domain::id::{GuestId, TicketTypeId};
use rusqlite::params;

use super::{EventFile, GuestRow, View};
use crate::error::StoreError;
use crate::row;

/// What is asked of the guest list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuestQuery {
    /// Words that name, e-mail, phone, company, group or invitation hold, all of them.
    pub text: String,
    /// Of this ticket type.
    pub ticket_type: Option<TicketTypeId>,
    /// Who are that far.
    pub standing: Option<GuestStanding>,
    /// Order; as they came when absent.
    pub order: Option<GuestOrder>,
    /// Whether the order is turned round.
    pub descending: bool,
    /// The guest after whom the answer begins.
    pub after: Option<GuestId>,
    /// Rows at most.
    pub limit: u32,
}

/// Guests that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRows {
    /// In the order asked for.
    pub rows: Vec<GuestRow>,
    /// How many match in all.
    pub total: u64,
    /// Whether more follow.
    pub more: bool,
}

/// The text of all guests as of one edit.
#[derive(Debug)]
pub(super) struct GuestIndex {
    as_of: i64,
    ids: Vec<GuestId>,
    /// Folded text of each guest, one after the other, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// Places in `ids`, by name and by company.
    by_name: Vec<u32>,
    by_company: Vec<u32>,
}

impl GuestIndex {
    pub(super) fn read(view: &View<'_>, as_of: i64) -> Result<Self, StoreError> {
        let mut statement = view.conn.prepare_cached(
            "SELECT g.id, g.name, g.email, g.phone, g.company, g.group_name, i.number
             FROM guests g
             LEFT JOIN party_members m ON m.guest = g.id
             LEFT JOIN invitations i ON i.id = m.invitation
             ORDER BY g.id",
        )?;
        let mut found = statement.query([])?;
        let (mut ids, mut text, mut ends) = (Vec::new(), String::new(), Vec::new());
        let (mut names, mut companies) = (Vec::new(), Vec::new());
        while let Some(r) = found.next()? {
            ids.push(row::id(r, 0)?);
            for column in 1..=6 {
                let Some(value) = r
                    .get_ref(column)?
                    .as_str_or_null()
                    .map_err(|e| wrong_type(&e))?
                else {
                    continue;
                };
                let folded = fold(value);
                match column {
                    1 => names.push(folded.clone().into_boxed_str()),
                    4 => {
                        companies.resize(ids.len() - 1, Box::default());
                        companies.push(folded.clone().into_boxed_str());
                    }
                    _ => {}
                }
                text.push_str(&folded);
                text.push('\n');
            }
            ends.push(text.len());
        }
        companies.resize(ids.len(), Box::default());
        let mut by_name: Vec<u32> = (0..ids.len() as u32).collect();
        let mut by_company = by_name.clone();
        by_name.sort_by(|a, b| names[*a as usize].cmp(&names[*b as usize]).then(a.cmp(b)));
        // Those without a company come last.
        let company = |at: u32| {
            let name = &companies[at as usize];
            (name.is_empty(), name, &names[at as usize], at)
        };
        by_company.sort_by(|a, b| company(*a).cmp(&company(*b)));
        Ok(Self {
            as_of,
            ids,
            text,
            ends,
            by_name,
            by_company,
        })
    }

    fn text_of(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[at]]
    }

    /// Which guests hold every word; all where there are no words.
    fn holding(&self, words: &[String]) -> Vec<bool> {
        let Some((first, others)) = words.split_first() else {
            return vec![true; self.ids.len()];
        };
        let mut found = vec![false; self.ids.len()];
        let finder = memchr::memmem::Finder::new(first.as_bytes());
        let text = self.text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(hit) = finder.find(&text[from..]) {
            let hit = from + hit;
            // Hits come in order, so the guest is at or a little after the last one.
            while self.ends[at] <= hit {
                at += 1;
            }
            found[at] = others.iter().all(|word| self.text_of(at).contains(word));
            from = self.ends[at];
        }
        found
    }

    /// The guests in the order in which they came.
    pub(super) fn ids(&self) -> &[GuestId] {
        &self.ids
    }

    /// The edit that it was read after.
    pub(super) fn as_of(&self) -> i64 {
        self.as_of
    }
}

fn wrong_type(error: &rusqlite::types::FromSqlError) -> StoreError {
    StoreError::Value(error.to_string())
}

/// A text as compared: lower case, without accents.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        sort_key(text)
    }
}

impl EventFile {
    /// Guests that match, in the order asked for.
    pub fn guest_rows(&self, query: &GuestQuery) -> Result<GuestRows, StoreError> {
        if query.is_plain() {
            return self.guests_as_they_came(query);
        }
        self.read(|view| {
            let index = self.guest_index(view)?;
            let words: Vec<String> = query.text.split_whitespace().map(fold).collect();
            let mut found = index.holding(&words);
            if query.ticket_type.is_some() || query.standing.is_some() {
                let standings = self.standings(view, &index)?;
                for (found, (standing, kind)) in found.iter_mut().zip(standings.iter()) {
                    *found = *found
                        && query.standing.is_none_or(|wanted| wanted == *standing)
                        && query.ticket_type.is_none_or(|wanted| Some(wanted) == *kind);
                }
            }
            let total = found.iter().filter(|found| **found).count() as u64;
            let added: Vec<u32>;
            let order = match query.order {
                None | Some(GuestOrder::Added) => {
                    added = (0..index.ids.len() as u32).collect();
                    &added
                }
                Some(GuestOrder::Name) => &index.by_name,
                Some(GuestOrder::Company) => &index.by_company,
            };
            let ordered: Box<dyn Iterator<Item = u32>> = if query.descending {
                Box::new(order.iter().rev().copied())
            } else {
                Box::new(order.iter().copied())
            };
            let ids = &index.ids;
            let mut page: Vec<GuestId> = match query.after {
                None => Box::new(ordered) as Box<dyn Iterator<Item = u32>>,
                Some(after) => Box::new(
                    ordered
                        .skip_while(move |at| ids[*at as usize] != after)
                        .skip(1),
                ),
            }
            .filter(|at| found[*at as usize])
            .take(query.limit as usize + 1)
            .map(|at| ids[at as usize])
            .collect();
            let more = page.len() > query.limit as usize;
            page.truncate(query.limit as usize);
            Ok(GuestRows {
                rows: rows_of(view, page)?,
                total,
                more,
            })
        })
    }

    /// The whole list from a place on, without an index.
    fn guests_as_they_came(&self, query: &GuestQuery) -> Result<GuestRows, StoreError> {
        let kept = self.counts_if_kept()?;
        self.read(|view| {
            // Of all the counts only this one is asked for; the others walk through every ticket.
            let total = match kept {
                Some(counts) => counts.progress.guests,
                None => view.count_guests()?,
            };
            let mut page = view.guest_ids(query.after, query.limit + 1)?;
            let more = page.len() > query.limit as usize;
            page.truncate(query.limit as usize);
            Ok(GuestRows {
                rows: rows_of(view, page)?,
                total,
                more,
            })
        })
    }
}

fn rows_of(view: &View<'_>, ids: Vec<GuestId>) -> Result<Vec<GuestRow>, StoreError> {
    ids.into_iter()
        .filter_map(|id| view.guest_row(id).transpose())
        .collect()
}

impl GuestQuery {
    /// Whether nothing but the list as it came is asked for.
    fn is_plain(&self) -> bool {
        self.text.trim().is_empty()
            && self.ticket_type.is_none()
            && self.standing.is_none()
            && !self.descending
            && matches!(self.order, None | Some(GuestOrder::Added))
    }
}

impl View<'_> {
    /// Ids of guests after `after`, in the order in which they came.
    fn guest_ids(&self, after: Option<GuestId>, limit: u32) -> Result<Vec<GuestId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM guests WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let start = after.map_or([0; 16], |id| *id.as_bytes());
        let rows = statement.query_map(params![start, limit], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
