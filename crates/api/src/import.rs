//! Importing a guest list: looked at first, then written whole or not at all.

use std::collections::HashMap;
use std::path::Path;

use gatehouse_domain::event::{EventKind, name_key};
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, ImportId, TicketTypeId};
use gatehouse_domain::import::{
    Examined, ImportOptions, ImportReport, ListField, ListedGuest, PlanCounts, examine,
};
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_sheet::{ReadOptions, Table, read_path};
use gatehouse_store::Lane;
use gatehouse_store::event::ImportRow;
use sha2::{Digest, Sha256};

use crate::events::copy_templates;
use crate::home::EventHome;
use crate::problem::Problem;

/// What a person chose before and after looking.
#[derive(Debug, Clone, Default)]
pub struct ImportChoices {
    /// Columns that they assigned: field and header.
    pub map: Vec<(ListField, String)>,
    /// Whether good rows are taken when others are bad.
    pub skip_bad_rows: bool,
    /// Whether guests that the list no longer names are taken off it, where nothing depends on them.
    pub remove_missing: bool,
    /// Whether ticket types that the event lacks are made.
    pub create_ticket_types: bool,
}

/// A list as it was looked at, ready to be accepted.
#[derive(Debug)]
pub struct ImportPreview {
    table: TableFacts,
    examined: Examined,
    guests: HashMap<GuestId, Guest>,
    choices: ImportChoices,
    /// The file's number of edits when it was looked at; a later edit makes the plan stale.
    seen: i64,
}

#[derive(Debug)]
struct TableFacts {
    file_name: String,
    sha256: [u8; 32],
    encoding: String,
    delimiter: Option<char>,
}

/// What an import wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportResult {
    /// Guests in the plan: added, changed, unchanged, missing.
    pub plan: PlanCounts,
    /// Guests taken off the list.
    pub removed: usize,
}

impl ImportPreview {
    /// What is shown of it: one object.
    #[must_use]
    pub fn report(&self) -> ImportReport<'_> {
        self.examined
            .report(&self.table.encoding, self.table.delimiter)
    }

    /// Whether some rows are bad, so that accepting needs `skip_bad_rows`.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.examined.errors.is_empty()
    }
}

impl EventHome {
    /// Reads a list and plans its import. Nothing is written.
    pub fn preview_import(
        &self,
        path: &Path,
        choices: ImportChoices,
    ) -> Result<ImportPreview, Problem> {
        let table = read_path(path, &ReadOptions::default())?;
        let facts = TableFacts {
            file_name: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            sha256: hash_file(path)?,
            encoding: table.encoding().to_owned(),
            delimiter: table.delimiter(),
        };
        self.plan_import(&table, facts, choices)
    }

    fn plan_import(
        &self,
        table: &Table,
        facts: TableFacts,
        choices: ImportChoices,
    ) -> Result<ImportPreview, Problem> {
        let (types, guests, last, seen) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.ticket_types()?,
                view.guests()?,
                view.last_import()?,
                view.last_edit()?,
            ))
        })?;
        let remembered = last
            .and_then(|import| {
                serde_json::from_str::<Vec<(String, ListField)>>(&import.mapping).ok()
            })
            .unwrap_or_default();
        let options = ImportOptions {
            map: choices.map.clone(),
            remembered,
            ticket_types: types
                .iter()
                .filter(|kind| kind.scope != TypeScope::Session)
                .map(|kind| kind.name.clone())
                .collect(),
            create_ticket_types: choices.create_ticket_types,
            ..ImportOptions::default()
        };
        let listed: Vec<ListedGuest> = guests
            .iter()
            .map(|guest| ListedGuest {
                id: guest.id,
                values: guest.values.clone(),
            })
            .collect();
        let examined = examine(table, &options, &listed)?;
        let guests = guests.into_iter().map(|guest| (guest.id, guest)).collect();
        Ok(ImportPreview {
            table: facts,
            examined,
            guests,
            choices,
            seen,
        })
    }

    /// Writes an accepted plan: all of it, or nothing.
    ///
    /// A list with bad rows is refused unless the choice was to skip them; a plan that another
    /// edit has overtaken is refused, so that it can be looked at again.
    pub fn accept_import(&self, preview: ImportPreview) -> Result<ImportResult, Problem> {
        if preview.has_errors() && !preview.choices.skip_bad_rows {
            let count = preview.examined.errors.len();
            return Err(Problem::new(
                "rows_invalid",
                format!(
                    "{count} values of the list can't be taken; nothing was written. Correct them, \
                     or import the good rows alone"
                ),
            ));
        }
        let counts = preview.examined.counts();
        let at = self.now();
        let mut mint = self.mint();
        let import = ImportRow {
            id: ImportId(mint.mint(at)),
            at,
            file_name: preview.table.file_name.clone(),
            file_sha256: preview.table.sha256,
            mapping: serde_json::to_string(&preview.examined.mapping.to_remember())
                .map_err(|e| Problem::new("mapping_unwritable", e.to_string()))?,
            added: counts.added as u32,
            changed: counts.changed as u32,
        };
        let nothing_new = counts.added == 0
            && counts.changed == 0
            && !(preview.choices.remove_missing && counts.missing > 0);
        if nothing_new {
            return Ok(ImportResult {
                plan: counts,
                removed: 0,
            });
        }
        let meta = self.edit_meta(&mut mint, "import guests", Some(import.file_name.clone()));
        let seen = preview.seen;
        let removed = self.file().edit(Lane::Bulk, meta, move |change| {
            if change.last_edit()? != seen {
                return Err(Problem::new(
                    "plan_stale",
                    "the event was edited since the list was looked at; nothing was written. \
                     Import the list again to see a new plan",
                ));
            }
            change.insert_import(&import)?;
            let mut types: HashMap<String, TicketTypeId> = change
                .ticket_types()?
                .into_iter()
                .filter(|kind| kind.scope != TypeScope::Session)
                .map(|kind| (name_key(&kind.name), kind.id))
                .collect();
            let is_series = change.event()?.kind == EventKind::Recurring;
            let sessions = change.sessions()?;
            for name in &preview.examined.new_ticket_types {
                let mut kind =
                    TicketType::plain(TicketTypeId(mint.mint(at)), name, types.len() as u8);
                if is_series {
                    kind.scope = TypeScope::Template;
                }
                change.insert_ticket_type(&kind)?;
                for session in sessions.iter().filter(|session| session.ends_at > at) {
                    copy_templates(change, std::slice::from_ref(&kind), session, &mut mint, at)?;
                }
                types.insert(name_key(name), kind.id);
            }
            let type_of = |name: &str| {
                if name.is_empty() {
                    None
                } else {
                    types.get(&name_key(name)).copied()
                }
            };
            let mut guests = preview.guests;
            let Examined {
                mut drafts, plan, ..
            } = preview.examined;
            for changed in &plan.changed {
                let draft = &drafts[changed.draft];
                if let Some(mut guest) = guests.remove(&changed.guest) {
                    guest.values = guest.values.updated_with(&draft.values);
                    guest.line = Some(draft.line);
                    change.update_guest(&guest, type_of(&guest.values.ticket_type), at)?;
                }
            }
            let added: Vec<Guest> = plan
                .added
                .into_iter()
                .map(|index| Guest {
                    id: GuestId(mint.mint(at)),
                    values: std::mem::take(&mut drafts[index].values),
                    line: Some(drafts[index].line),
                })
                .collect();
            let typed = added
                .iter()
                .map(|guest| (guest, type_of(&guest.values.ticket_type)));
            change.insert_guests(typed, Some(import.id), at)?;
            let mut removed = 0;
            if preview.choices.remove_missing {
                for id in plan.missing {
                    removed += usize::from(change.delete_guest_unless_invited(id)?);
                }
            }
            Ok::<_, Problem>(removed)
        })?;
        Ok(ImportResult {
            plan: counts,
            removed,
        })
    }
}

fn hash_file(path: &Path) -> Result<[u8; 32], Problem> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..read]);
    }
}
