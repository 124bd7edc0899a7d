//! Guests added, changed and removed by hand, one or many at a time.

use gatehouse_domain::guest::{Guest, GuestChange};
use gatehouse_domain::id::{GuestId, TicketTypeId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::ticket_type::TypeScope;
use gatehouse_store::Lane;
use gatehouse_store::event::View;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::version::check_seen;

/// Guests that are changed in one edit at most.
const MOST_AT_ONCE: usize = 100_000;

/// What removing guests did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct GuestsRemoved {
    /// Taken off the list.
    pub removed: usize,
    /// Left on it, because an invitation covers them.
    pub invited: usize,
}

/// The event's ticket types that a guest may be given, and their ids.
fn types(view: &View<'_>) -> Result<(Vec<String>, Vec<TicketTypeId>), Problem> {
    Ok(view
        .ticket_types()?
        .into_iter()
        .filter(|kind| kind.scope != TypeScope::Session)
        .map(|kind| (kind.name, kind.id))
        .unzip())
}

fn type_of(values: &GuestValues, names: &[String], ids: &[TicketTypeId]) -> Option<TicketTypeId> {
    let at = names
        .iter()
        .position(|name| name.as_str() == &*values.ticket_type)?;
    ids.get(at).copied()
}

/// A guest who is not on the list yet, and the ticket type that they are given there.
pub(crate) fn new_guest(
    view: &View<'_>,
    id: GuestId,
    given: &GuestChange,
) -> Result<(Guest, Option<TicketTypeId>), Problem> {
    let (names, ids) = types(view)?;
    let guest = Guest {
        id,
        values: given.apply(&GuestValues::default(), &names)?,
        line: None,
    };
    let kind = type_of(&guest.values, &names, &ids);
    Ok((guest, kind))
}

impl EventHome {
    /// One guest.
    pub fn guest(&self, id: GuestId) -> Result<Guest, Problem> {
        self.file()
            .read(|view| view.guest(id))?
            .ok_or_else(guest_unknown)
    }

    /// Adds a guest to the list.
    pub fn add_guest(&self, given: &GuestChange) -> Result<GuestId, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add guest", None);
        let id = GuestId(mint.mint(at));
        let given = given.clone();
        self.file().edit(Lane::Edit, meta, move |change| {
            let (guest, kind) = new_guest(change, id, &given)?;
            change.insert_guest(&guest, kind, None, at)?;
            Ok::<_, Problem>(id)
        })
    }

    /// Changes a guest; what is absent stays.
    pub fn change_guest(&self, id: GuestId, given: &GuestChange) -> Result<(), Problem> {
        let seen = self.seen();
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change guest", None);
        let given = given.clone();
        self.file().edit(Lane::Edit, meta, move |change| {
            let (names, ids) = types(change)?;
            let mut guest = change.guest(id)?.ok_or_else(guest_unknown)?;
            check_seen(seen.as_deref(), &guest.values)?;
            guest.values = given.apply(&guest.values, &names)?;
            let kind = type_of(&guest.values, &names, &ids);
            Ok::<_, Problem>(change.update_guest(&guest, kind, at)?)
        })
    }

    /// Changes many guests in the same way, all or none, as one edit; says how many.
    pub fn change_guests(&self, of: &[GuestId], given: &GuestChange) -> Result<usize, Problem> {
        check_count(of)?;
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(
            &mut mint,
            "change guests",
            Some(format!("{} guests", of.len())),
        );
        let (of, given) = (of.to_vec(), given.clone());
        self.file().edit(Lane::Bulk, meta, move |change| {
            let (names, ids) = types(change)?;
            let mut changed = 0;
            for id in of {
                let mut guest = change.guest(id)?.ok_or_else(guest_unknown)?;
                guest.values = given.apply(&guest.values, &names)?;
                let kind = type_of(&guest.values, &names, &ids);
                change.update_guest(&guest, kind, at)?;
                changed += 1;
            }
            Ok::<_, Problem>(changed)
        })
    }

    /// Takes guests off the list; those whom an invitation covers stay.
    pub fn remove_guests(&self, of: &[GuestId]) -> Result<GuestsRemoved, Problem> {
        check_count(of)?;
        let mut mint = self.mint();
        let meta = self.edit_meta(
            &mut mint,
            "remove guests",
            Some(format!("{} guests", of.len())),
        );
        let of = of.to_vec();
        self.file().edit(Lane::Bulk, meta, move |change| {
            let mut done = GuestsRemoved {
                removed: 0,
                invited: 0,
            };
            for id in of {
                if change.delete_guest_unless_invited(id)? {
                    done.removed += 1;
                } else if change.guest(id)?.is_some() {
                    done.invited += 1;
                }
            }
            Ok::<_, Problem>(done)
        })
    }
}

fn check_count(of: &[GuestId]) -> Result<(), Problem> {
    if of.is_empty() || of.len() > MOST_AT_ONCE {
        return Err(Problem::new(
            "fields_invalid",
            format!("name 1 to {MOST_AT_ONCE} guests; nothing was changed"),
        ));
    }
    Ok(())
}

pub(crate) fn guest_unknown() -> Problem {
    Problem::new(
        "guest_unknown",
        "this event has no such guest, or no longer",
    )
}
