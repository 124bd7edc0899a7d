//! What is kept in memory of a file as of its last write, whoever made it: counts, and how far each
//! guest is. It is read anew when anything was written, and not otherwise.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatehouse_domain::admission::Code;
use gatehouse_domain::guest::GuestStanding;
use gatehouse_domain::id::{GuestId, TicketTypeId};

use super::guest_index::GuestIndex;
use super::{ChangeProbe, EventFile, Progress, View};
use crate::error::StoreError;
use crate::row;

/// How often a file was written, as far as this process knows; equal numbers mean no write between.
type Generation = u64;

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    probe: Mutex<(Option<ChangeProbe>, Generation)>,
    counts: Mutex<Option<(Generation, Counts)>>,
    standings: Mutex<Option<Standings>>,
    guest_index: Mutex<Option<Arc<GuestIndex>>>,
}

/// How far an event is, and what its gates said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// How far it is.
    pub progress: Progress,
    /// Scans by their code.
    pub scans: Vec<(Code, u64)>,
}

/// How far each guest of an index is, in its order.
#[derive(Debug)]
struct Standings {
    generation: Generation,
    /// The edit that the index was read after.
    as_of: i64,
    of_each: Arc<[Standing]>,
}

/// How far a guest is, and of which ticket type.
pub(super) type Standing = (GuestStanding, Option<TicketTypeId>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Forgets everything: the file is another one now.
    pub(super) fn clear(&self) {
        *lock(&self.counts) = None;
        *lock(&self.standings) = None;
        *lock(&self.guest_index) = None;
    }
}

impl EventFile {
    /// How far the event is, counted once after each write.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let now = self.generation()?;
        if let Some(counts) = self.counts_as_of(now) {
            return Ok(counts);
        }
        let counts = self.read(|view| {
            Ok::<_, StoreError>(Counts {
                progress: view.progress()?,
                scans: view.count_scans_by_code()?,
            })
        })?;
        *lock(&self.kept().counts) = Some((now, counts.clone()));
        Ok(counts)
    }

    /// The counts where nothing was written since they were made.
    pub(super) fn counts_if_kept(&self) -> Result<Option<Counts>, StoreError> {
        Ok(self.counts_as_of(self.generation()?))
    }

    fn counts_as_of(&self, now: Generation) -> Option<Counts> {
        let kept = lock(&self.kept().counts);
        let (_, counts) = kept.as_ref().filter(|(then, _)| *then == now)?;
        Some(counts.clone())
    }

    /// How far each guest of `index` is, in its order, as `view` sees it or a moment later.
    pub(super) fn standings(
        &self,
        view: &View<'_>,
        index: &GuestIndex,
    ) -> Result<Arc<[Standing]>, StoreError> {
        let now = self.generation()?;
        if let Some(kept) = lock(&self.kept().standings).as_ref()
            && (kept.generation, kept.as_of) == (now, index.as_of())
        {
            return Ok(Arc::clone(&kept.of_each));
        }
        let known = view.standings()?;
        let none = (GuestStanding::Listed, None);
        let of_each: Arc<[Standing]> = index
            .ids()
            .iter()
            .map(|id| known.get(id).copied().unwrap_or(none))
            .collect();
        *lock(&self.kept().standings) = Some(Standings {
            generation: now,
            as_of: index.as_of(),
            of_each: Arc::clone(&of_each),
        });
        Ok(of_each)
    }

    /// The index of the guest list as `view` sees it.
    pub(super) fn guest_index(&self, view: &View<'_>) -> Result<Arc<GuestIndex>, StoreError> {
        let now = view.last_edit()?;
        // Held while it is read, so that nobody reads it beside another.
        let mut kept = lock(&self.kept().guest_index);
        if let Some(index) = kept.as_ref().filter(|index| index.as_of() == now) {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(GuestIndex::read(view, now)?);
        *kept = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Reads the guest list into memory ahead of the first search.
    pub fn prepare_search(&self) -> Result<(), StoreError> {
        self.read(|view| self.guest_index(view).map(drop))
    }

    /// The number of the file's state now. What is read after this is as new, or newer.
    fn generation(&self) -> Result<Generation, StoreError> {
        let mut kept = lock(&self.kept().probe);
        let (probe, generation) = &mut *kept;
        match probe {
            Some(probe) => {
                if probe.changed()? {
                    *generation += 1;
                }
            }
            None => {
                *probe = Some(self.probe()?);
                *generation += 1;
            }
        }
        Ok(*generation)
    }
}

impl View<'_> {
    /// How far each guest is: three walks through the file, joined here.
    fn standings(&self) -> Result<HashMap<GuestId, Standing>, StoreError> {
        let mut standings = HashMap::new();
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, ticket_type FROM guests")?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            let listed = (GuestStanding::Listed, row::optional_id(r, 1)?);
            standings.insert(row::id(r, 0)?, listed);
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT guest FROM party_members WHERE guest IS NOT NULL")?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            if let Some((standing, _)) = standings.get_mut(&row::id(r, 0)?) {
                *standing = GuestStanding::Invited;
            }
        }
        // In the order of issue, so that the newest good ticket has the last word.
        let mut statement = self.conn.prepare_cached(
            "SELECT guest, ticket_type, status = 'voided', checked_in_at IS NOT NULL FROM tickets
             WHERE guest IS NOT NULL AND status <> 'transferred' ORDER BY number",
        )?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            let Some((standing, kind)) = standings.get_mut(&row::id::<GuestId>(r, 0)?) else {
                continue;
            };
            let good = |standing| matches!(standing, GuestStanding::Ticketed | GuestStanding::Came);
            if r.get::<_, bool>(2)? {
                if !good(*standing) {
                    *standing = GuestStanding::Voided;
                }
            } else {
                *kind = row::optional_id(r, 1)?;
                *standing = if r.get(3)? {
                    GuestStanding::Came
                } else {
                    GuestStanding::Ticketed
                };
            }
        }
        Ok(standings)
    }
}
