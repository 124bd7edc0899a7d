//! Pictures of holders: fetched from the home a few at a time, forgotten when the home does.

use std::collections::HashMap;

use gatehouse_api::{Problem, RosterHead};
use gatehouse_domain::id::TicketId;
use gatehouse_store::Lane;
use serde::Deserialize;

use super::{Outpost, damaged};

/// Under which name it is kept which roster's pictures are all here.
const COMPLETE: &str = "photos";
/// Pictures that one exchange fetches at most: scans wait for it.
const AT_A_TIME: usize = 200;
/// Pictures that one transaction keeps.
const TOGETHER: usize = 20;
/// Bytes of a picture at most; the home's own are far smaller.
const LARGEST: usize = 256 << 10;

#[derive(Deserialize)]
struct Listed {
    items: Vec<Carried>,
}

#[derive(Deserialize)]
struct Carried {
    ticket: TicketId,
    version: i64,
}

impl Outpost {
    /// Fetches pictures that are missing and forgets those that the home has no longer.
    pub(super) fn renew_photos(&self) -> Result<(), Problem> {
        let (head, complete, known) = self.file.read(|view| {
            Ok::<_, Problem>((
                view.carried_head()?,
                view.kept(COMPLETE)?,
                view.door_photos()?,
            ))
        })?;
        let Some(head) = head else { return Ok(()) };
        let head: RosterHead = serde_json::from_str(&head).map_err(damaged)?;
        let as_of = head.as_of.to_string();
        let shows = head.event.settings.door.show_photo;
        if complete.as_ref() == Some(&as_of) || (!shows && known.is_empty()) {
            return Ok(());
        }
        let wanted: HashMap<TicketId, i64> = match shows {
            true => {
                let listed = self.home.fetch("photos")?;
                let listed: Listed = serde_json::from_slice(&listed).map_err(damaged)?;
                let items = listed.items.into_iter();
                items.map(|one| (one.ticket, one.version)).collect()
            }
            false => HashMap::new(),
        };
        let gone: Vec<TicketId> = known
            .keys()
            .filter(|ticket| !wanted.contains_key(ticket))
            .copied()
            .collect();
        let mut missing: Vec<(TicketId, i64)> = wanted
            .into_iter()
            .filter(|(ticket, version)| known.get(ticket) != Some(version))
            .collect();
        missing.sort_unstable();
        self.file.append(Lane::Bulk, move |change| {
            for ticket in gone {
                change.drop_photo(ticket)?;
            }
            Ok::<_, Problem>(())
        })?;
        for some in missing[..missing.len().min(AT_A_TIME)].chunks(TOGETHER) {
            let mut kept = Vec::with_capacity(some.len());
            for (ticket, version) in some {
                match self.home.fetch(&format!("photos/{ticket}")) {
                    Ok(picture) if picture.len() <= LARGEST => {
                        kept.push((*ticket, *version, picture));
                    }
                    Ok(_) => tracing::warn!(%ticket, "a picture is too large for a gate"),
                    // It was removed meanwhile; the next roster says so.
                    Err(problem) if problem.code == "home_refused" => {}
                    Err(problem) => return Err(problem),
                }
            }
            self.file.append(Lane::Bulk, move |change| {
                for (ticket, version, picture) in &kept {
                    change.carry_photo(*ticket, *version, picture)?;
                }
                Ok::<_, Problem>(())
            })?;
        }
        if missing.len() <= AT_A_TIME {
            self.file
                .append(Lane::Bulk, move |change| change.keep(COMPLETE, &as_of))?;
        }
        Ok(())
    }
}
