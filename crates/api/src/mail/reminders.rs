//! Reminders that are due: put into the outbox once, those of one person's day together.

use std::collections::{HashMap, HashSet};

use gatehouse_domain::calendar::local::{date_of, day_bounds};
use gatehouse_domain::delivery::outcome::{DAY_FULL, MERGED};
use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus, channel_for};
use gatehouse_domain::event::EventKind;
use gatehouse_domain::guest::email_key;
use gatehouse_domain::id::{DeliveryId, InvitationId};
use gatehouse_domain::preferences::{Preferences, ReminderWish};
use gatehouse_domain::reminder::{Due, Plan, ReminderStep, Wishes, plan};
use gatehouse_domain::session::Session;
use gatehouse_store::Lane;
use gatehouse_store::event::ReminderParty;

use super::outbox::leave_aside;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// One reminder that is due, and how it goes.
#[derive(Debug, Clone, Copy)]
struct Reminded {
    due: Due,
    channel: Channel,
}

/// Whether any reminder of these events falls due after `from` and until `until`, UTC ms.
pub(crate) fn falls_due(homes: &[EventHome], from: i64, until: i64) -> bool {
    homes.iter().any(|home| {
        home.sessions()
            .iter()
            .filter(|session| session.takes_place())
            .any(|session| {
                steps(home, session, i64::MIN / 2)
                    .iter()
                    .any(|(_, at)| *at > from && *at <= until)
            })
    })
}

fn steps(home: &EventHome, session: &Session, known_at: i64) -> Vec<(ReminderStep, i64)> {
    // A day in the far past makes every step of the schedule appear.
    let known_at = known_at.max(session.starts_at - 400 * 86_400_000);
    let mut steps = home.event().settings.reminders.schedule(
        known_at,
        session.starts_at,
        session.ends_at,
        home.event().time_zone,
    );
    // What lasts several days is over once.
    let goes_on = home.event().kind == EventKind::MultiDay
        && home
            .sessions()
            .iter()
            .any(|other| other.takes_place() && other.ends_at > session.ends_at);
    if goes_on {
        steps.retain(|(step, _)| !step.is_after());
    }
    steps
}

/// Whether a reminder of a session that was to start at `told` helps at `now` (both UTC ms): in time,
/// and of the start that holds.
pub(super) fn still_helps(
    home: &EventHome,
    session: &Session,
    step: ReminderStep,
    told: i64,
    now: i64,
) -> bool {
    session.takes_place()
        && step.still_tells(told, session.starts_at, home.event().time_zone)
        && steps(home, session, i64::MIN / 2)
            .iter()
            .any(|(known, at)| *known == step && step.helps((*at).min(now), now))
}

/// Whether somebody of a party came to what a session ends: the event, or one date of a series.
fn came(
    home: &EventHome,
    party: &ReminderParty,
    session: &Session,
    let_in: &HashSet<InvitationId>,
) -> bool {
    if home.event().kind != EventKind::Recurring {
        return party.came_in;
    }
    let_in.contains(&party.invitation)
        || party
            .tickets
            .iter()
            .any(|ticket| ticket.came_in && ticket.session == Some(session.id))
}

/// Puts what is due at `now` (UTC ms) into the outboxes of these events; says how many messages. An
/// event that can't be looked at is left aside.
pub(crate) fn remind(workspace: &Workspace, homes: &[EventHome], now: i64) -> usize {
    let mut people: HashMap<String, Vec<Reminded>> = HashMap::new();
    for home in homes {
        if let Err(problem) = collect(workspace, home, now, &mut people) {
            leave_aside(home, &problem);
        }
    }
    let waiting = match people.is_empty() {
        true => HashMap::new(),
        false => waiting(homes, now),
    };
    let mut queued = 0;
    for (recipient, of) in people {
        let due: Vec<Due> = of.iter().map(|one| one.due).collect();
        let planned: Plan = plan(&due, |day| {
            due.first().map_or(0, |one| {
                let (from, until) = day_bounds(day, one.zone);
                let sent: usize = homes
                    .iter()
                    .filter_map(|home| {
                        home.file()
                            .read(|view| view.count_notices(&recipient, from, until))
                            .ok()
                    })
                    .sum();
                let waits = waiting.get(&recipient).map_or(0, |due| {
                    due.iter().filter(|due_at| **due_at < until).count()
                });
                sent + waits
            })
        });
        let channel_of = |due: &Due| {
            of.iter()
                .find(|one| one.due == *due)
                .map_or(Channel::Email, |one| one.channel)
        };
        for message in planned.messages.iter().filter(|message| message.at <= now) {
            for (index, due) in message.of.iter().enumerate() {
                let first = index == 0;
                queued += usize::from(queue(homes, due, channel_of(due), now, |delivery| {
                    if !first {
                        delivery.status = DeliveryStatus::Sent;
                        delivery.code = MERGED.into();
                        delivery.recipient.clone_from(&recipient);
                        delivery.sent_at = Some(now);
                    }
                }));
            }
        }
        for due in planned.dropped.iter().filter(|due| due.at <= now) {
            queue(homes, due, channel_of(due), now, |delivery| {
                delivery.status = DeliveryStatus::Failed;
                delivery.code = DAY_FULL.into();
            });
        }
    }
    queued
}

/// When the reminders and announcements are due (UTC ms) that wait for each person and will leave.
fn waiting(homes: &[EventHome], now: i64) -> HashMap<String, Vec<i64>> {
    let mut waiting: HashMap<String, Vec<i64>> = HashMap::new();
    for home in homes {
        let notices = match home.file().read(|view| view.waiting_notices()) {
            Ok(notices) => notices,
            Err(error) => {
                leave_aside(home, &error.into());
                continue;
            }
        };
        for notice in notices {
            let leaves = notice.reminder.is_none_or(|(session, step, told)| {
                home.sessions()
                    .iter()
                    .any(|known| known.id == session && still_helps(home, known, step, told, now))
            });
            if leaves {
                let recipient = notice.recipient.to_lowercase();
                waiting.entry(recipient).or_default().push(notice.due_at);
            }
        }
    }
    waiting
}

/// Adds what an event's guests are to hear today and did not.
fn collect(
    workspace: &Workspace,
    home: &EventHome,
    now: i64,
    people: &mut HashMap<String, Vec<Reminded>>,
) -> Result<(), Problem> {
    let zone = home.event().time_zone;
    let today = date_of(now, zone);
    let near: Vec<&Session> = home
        .sessions()
        .iter()
        .filter(|session| session.takes_place())
        .filter(|session| {
            steps(home, session, i64::MIN / 2)
                .iter()
                .any(|(step, at)| step.helps(*at, now) || *at > now && date_of(*at, zone) == today)
        })
        .collect();
    if near.is_empty() {
        return Ok(());
    }
    let (parties, settled, types) = home.file().read(|view| {
        Ok::<_, Problem>((
            view.reminder_parties()?,
            view.reminders_settled()?,
            view.ticket_types()?,
        ))
    })?;
    let preferences = workspace.file().all_preferences()?;
    let is_settled = |invitation, session: &Session, step: ReminderStep| {
        let before = settled.get(&(invitation, session.id, step));
        before.is_some_and(|before| {
            before.iter().any(|one| {
                one.start == session.starts_at
                    || one.told && step.still_tells(one.start, session.starts_at, zone)
            })
        })
    };
    for session in near {
        let opens = |party: &ReminderParty| {
            party.tickets.iter().any(|ticket| {
                ticket.session.is_none_or(|bound| bound == session.id)
                    && types
                        .iter()
                        .any(|known| known.id == ticket.ticket_type && known.opens(session.id))
            })
        };
        let asks = steps(home, session, i64::MIN / 2)
            .iter()
            .any(|(step, at)| step.is_after() && step.helps(*at, now));
        let let_in = match asks && home.event().kind == EventKind::Recurring {
            true => home.file().read(|view| view.came_to(session.id))?,
            false => HashSet::new(),
        };
        for party in &parties {
            let (before, after) = (opens(party), came(home, party, session, &let_in));
            if !before && !after {
                continue;
            }
            let Some(channel) = channel_for(&party.email, &party.phone) else {
                continue;
            };
            let recipient = match channel {
                Channel::Email => party.email.to_lowercase(),
                Channel::Sms | Channel::Whatsapp => party.phone.clone(),
            };
            let said = preferences.get(&email_key(&party.email)).copied();
            let wish = said.map_or_else(Wishes::default, wishes);
            for (step, at) in steps(home, session, party.known_at) {
                let today = at > now && date_of(at, zone) == today;
                let meant = if step.is_after() { after } else { before };
                let wanted = (today || step.helps(at, now))
                    && wish.want(step)
                    && meant
                    && (step.is_after() || !party.declined)
                    && !is_settled(party.invitation, session, step);
                if wanted {
                    people.entry(recipient.clone()).or_default().push(Reminded {
                        due: Due {
                            event: home.id(),
                            invitation: party.invitation,
                            session: session.id,
                            step,
                            at,
                            starts_at: session.starts_at,
                            zone,
                        },
                        channel,
                    });
                }
            }
        }
    }
    Ok(())
}

/// What somebody who said so wants of reminders.
fn wishes(said: Preferences) -> Wishes {
    Wishes {
        reminders: said.reminders == ReminderWish::All,
        marketing: said.reviews,
    }
}

/// Puts one reminder into its event's outbox, unless it is there; says whether it did.
fn queue(
    homes: &[EventHome],
    due: &Due,
    channel: Channel,
    now: i64,
    adjust: impl FnOnce(&mut Delivery),
) -> bool {
    let Some(home) = homes.iter().find(|home| home.id() == due.event) else {
        return false;
    };
    let mut delivery = Delivery {
        session: Some(due.session),
        step: Some(due.step),
        ..Delivery::new(
            DeliveryId(home.mint().mint(now)),
            due.invitation,
            due.step.kind(),
            channel,
            now,
        )
    };
    adjust(&mut delivery);
    let queued = home.file().append(Lane::Bulk, move |change| {
        if change.has_reminder(&delivery)? {
            return Ok(false);
        }
        change.insert_delivery(&delivery)?;
        Ok::<_, Problem>(true)
    });
    queued.unwrap_or_else(|problem| {
        leave_aside(home, &problem);
        false
    })
}

/// Which other sessions a reminder tells of besides its own: those merged into it.
pub(crate) fn told_beside(
    homes: &[EventHome],
    delivery: &Delivery,
    recipient: &str,
) -> Vec<(gatehouse_domain::event::Event, Session)> {
    let (Some(step), Some(session)) = (delivery.step, delivery.session) else {
        return Vec::new();
    };
    let mut found: Vec<(gatehouse_domain::event::Event, Session)> = Vec::new();
    for home in homes {
        let merged = home
            .file()
            .read(|view| view.merged_sessions(recipient, step, delivery.queued_at))
            .unwrap_or_default();
        for other in home
            .sessions()
            .iter()
            .filter(|one| merged.contains(&one.id) && one.takes_place())
        {
            found.push((home.event().clone(), other.clone()));
        }
    }
    if found.is_empty() {
        return found;
    }
    let own = homes.iter().find_map(|home| {
        let mut sessions = home.sessions().iter();
        let own = sessions.find(|one| one.id == session && one.takes_place())?;
        Some((home.event().clone(), own.clone()))
    });
    found.extend(own);
    found.sort_by_key(|(_, session)| session.starts_at);
    found
}
