//! What holds at every door of an event, and how it is changed.

use gatehouse_domain::door::DoorSettings;
use gatehouse_domain::entry_rule::{EntryRule, check_rules};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::event::state::{Part, check_change};
use gatehouse_domain::field::FieldErrors;
use gatehouse_domain::id::ZoneId;
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::lifecycle::stage_of;
use crate::problem::Problem;
use crate::version::check_seen;

/// What a person changes of the doors; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct DoorChange {
    /// How often one ticket may enter.
    pub re_entry: Option<ReEntry>,
    /// Everything but the rules; those stay as they are.
    pub settings: Option<DoorSettings>,
    /// The rules, in their order.
    pub rules: Option<Vec<EntryRule>>,
    /// How many people zones take.
    pub capacities: Vec<(ZoneId, Option<u32>)>,
}

impl EventHome {
    /// Changes what holds at the doors; names everything that is wrong at once, and writes nothing
    /// then. Gates that stand open follow with the next guest.
    pub fn change_doors(&self, wanted: DoorChange) -> Result<Self, Problem> {
        let now = self.now();
        let seen = self.seen();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change doors", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let mut event = change.event()?;
            check_seen(seen.as_deref(), &event)?;
            let mut errors = Vec::new();
            if let Some(policy) = wanted.re_entry
                && policy != event.settings.re_entry
            {
                if let Err(error) = check_change(Part::ReEntry, "re_entry", stage_of(change, now)?)
                {
                    errors.push(error);
                }
                event.settings.re_entry = policy;
            }
            if let Some(settings) = wanted.settings {
                let rules = std::mem::take(&mut event.settings.door.rules);
                event.settings.door = DoorSettings { rules, ..settings };
                event.settings.door.check(&mut errors);
            }
            if let Some(rules) = wanted.rules {
                check_rules(&rules, &mut errors);
                event.settings.door.rules = rules;
            }
            FieldErrors::check(errors)?;
            let zones = change.zones()?;
            for (zone, capacity) in wanted.capacities {
                if !zones.iter().any(|known| known.id == zone) {
                    return Err(Problem::new("zone_unknown", "this event has no such zone"));
                }
                change.set_zone_capacity(zone, capacity)?;
            }
            change.update_event(&event)?;
            Ok::<_, Problem>(())
        })?;
        self.after_change()
    }
}
