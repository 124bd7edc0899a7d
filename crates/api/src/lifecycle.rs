//! An event's life: published, changed, called off, deleted.

use gatehouse_domain::calendar::local::{local_of, parse_zone, to_utc};
use gatehouse_domain::event::draft::{check_length, check_title};
use gatehouse_domain::event::state::{
    Part, Stage, check_cancel, check_change, check_delete, check_publish, stage,
};
use gatehouse_domain::event::{
    Access, ClaimSet, CodeForm, Event, EventStatus, Numbering, ReEntry, Visibility,
};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::host_notice::HostSettings;
use gatehouse_domain::id::NoticeId;
use gatehouse_domain::mailing::MailingStatus;
use gatehouse_domain::notice::{Notice, NoticeKind};
use gatehouse_domain::place::Place;
use gatehouse_domain::reminder::ReminderSettings;
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, View};
use serde::Deserialize;

use crate::home::EventHome;
use crate::mail::mailings::count_invited;
use crate::problem::Problem;
use crate::tiers::{check_capacity, given};
use crate::version::check_seen;

/// What a person changes of an event; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EventChange {
    /// Title, 3 to 200 characters.
    pub title: Option<String>,
    /// One line below the title.
    pub tagline: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// What sort of event it is.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Option<Vec<String>>,
    /// Who invites.
    pub organizer: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// IANA zone; all times keep their local hours.
    pub time_zone: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Where it takes place.
    pub place: Option<Place>,
    /// Guests at the venue at most; JSON null makes it unlimited.
    #[serde(deserialize_with = "given")]
    pub capacity: Option<Option<u32>>,
    /// Who can find it.
    pub visibility: Option<Visibility>,
    /// How people get a ticket.
    pub access: Option<Access>,
    /// Claims in the credential.
    pub claim_set: Option<ClaimSet>,
    /// Form of the credential in the code.
    pub code_form: Option<CodeForm>,
    /// Numbers of invitations.
    pub numbering: Option<Numbering>,
    /// Entry policy.
    pub re_entry: Option<ReEntry>,
    /// What guests are reminded of.
    pub reminders: Option<ReminderSettings>,
    /// Whether guests hear of changes by themselves.
    pub tell_changes: Option<bool>,
    /// What the host hears of.
    pub host: Option<HostSettings>,
}

/// What calling off an event or a session did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Cancelled {
    /// Tickets that were taken back.
    pub voided: u32,
}

impl EventHome {
    /// How far the event is now.
    pub fn stage(&self) -> Result<Stage, Problem> {
        let now = self.now();
        self.file().read(|view| stage_of(view, now))
    }

    /// Refuses with everything that the event still lacks before it can be published.
    pub fn check_publish(&self) -> Result<(), Problem> {
        let now = self.now();
        self.file().read(|view| {
            Ok(check_publish(
                &view.event()?,
                &view.sessions()?,
                &view.ticket_types()?,
                view.photos()?.len(),
                now,
            )?)
        })
    }

    /// Publishes the event; a draft that is not ready is refused with everything that it lacks.
    pub fn publish(&self) -> Result<Self, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "publish event", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let mut event = change.event()?;
            check_publish(
                &event,
                &change.sessions()?,
                &change.ticket_types()?,
                change.photos()?.len(),
                now,
            )?;
            event.status = EventStatus::Published;
            change.update_event(&event)?;
            Ok::<_, Problem>(())
        })?;
        self.after_change()
    }

    /// Changes the event's own fields; everything that may not change, or is wrong, is named at
    /// once, and nothing is written then.
    pub fn change_event(&self, wanted: EventChange) -> Result<Self, Problem> {
        let now = self.now();
        let seen = self.seen();
        let mut mint = self.mint();
        let token = self.workspace().new_link_token();
        let notice = NoticeId(mint.mint(now));
        let meta = self.edit_meta(&mut mint, "change event", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let stage = stage_of(change, now)?;
            let old = change.event()?;
            check_seen(seen.as_deref(), &old)?;
            let mut new = old.clone();
            let mut errors = Vec::new();
            let mut allow = |part, field: &str, is_given: bool| {
                is_given
                    && check_change(part, field, stage)
                        .map_err(|error| errors.push(error))
                        .unwrap_or(false)
            };
            let words = wanted.title.is_some()
                || wanted.tagline.is_some()
                || wanted.description.is_some()
                || wanted.category.is_some()
                || wanted.tags.is_some()
                || wanted.organizer.is_some()
                || wanted.language.is_some();
            allow(Part::Words, "title", words);
            allow(Part::TimeZone, "time_zone", wanted.time_zone.is_some());
            allow(Part::Currency, "currency", wanted.currency.is_some());
            let moved = wanted
                .place
                .as_ref()
                .is_some_and(|place| *place != old.place);
            let tell = allow(Part::Place, "place", moved);
            allow(Part::Capacity, "capacity", wanted.capacity.is_some());
            let found = wanted.visibility.is_some() || wanted.access.is_some();
            allow(Part::Visibility, "visibility", found);
            let form = wanted.claim_set.is_some()
                || wanted.code_form.is_some()
                || wanted.numbering.is_some();
            allow(Part::TicketForm, "settings", form);
            allow(Part::ReEntry, "re_entry", wanted.re_entry.is_some());
            let told = wanted.reminders.is_some()
                || wanted.tell_changes.is_some()
                || wanted.host.is_some();
            allow(Part::Words, "reminders", told);
            wanted.apply(&mut new, &mut errors);
            FieldErrors::check(errors)?;
            if new.time_zone != old.time_zone {
                keep_local_hours(change, &old, &new)?;
            }
            if new.visibility == Visibility::Unlisted && new.link_token.is_none() {
                new.link_token = Some(token);
            }
            if new.title != old.title || moved {
                new.revision += 1;
            }
            change.update_event(&new)?;
            if wanted.capacity.is_some() {
                check_capacity(change)?;
            }
            if tell {
                let kind = NoticeKind::PlaceChanged;
                change.insert_notice(&Notice {
                    id: notice,
                    at: now,
                    kind,
                    session: None,
                    tickets: change.count_good_tickets()?,
                    invited: count_invited(change, kind, None)?,
                    reason: String::new(),
                    told_at: None,
                })?;
            }
            Ok::<_, Problem>(())
        })?;
        self.after_change()
    }

    /// Calls the event off: its tickets are void, save those of sessions that are over, what waits
    /// in the outbox and speaks of what was to come leaves no more, and everyone who holds a ticket
    /// or was invited is to be told.
    pub fn cancel_event(&self, reason: &str) -> Result<Cancelled, Problem> {
        let now = self.now();
        let reason = reason.trim().to_owned();
        let mut mint = self.mint();
        let notice = NoticeId(mint.mint(now));
        let meta = self.edit_meta(&mut mint, "cancel event", Some(reason.clone()));
        let cancelled = self.file().command(Lane::Edit, meta, move |change| {
            check_cancel(stage_of(change, now)?).map_err(|e| FieldErrors(vec![e]))?;
            let mut event = change.event()?;
            event.status = EventStatus::Cancelled;
            event.revision += 1;
            change.update_event(&event)?;
            let sessions = change.sessions()?;
            let mut voided = 0;
            for kind in change.ticket_types()? {
                let is_over = kind.bound_session().is_some_and(|bound| {
                    sessions
                        .iter()
                        .any(|session| session.id == bound && session.ends_at <= now)
                });
                if !is_over {
                    voided += change.void_tickets_of_type(kind.id, now, &reason)?;
                }
            }
            change.withdraw_outlook()?;
            for mailing in change.mailings()? {
                if mailing.status == MailingStatus::Scheduled && mailing.kind.is_before() {
                    change.set_mailing_status(mailing.id, MailingStatus::Cancelled)?;
                }
            }
            let kind = NoticeKind::EventCancelled;
            change.insert_notice(&Notice {
                id: notice,
                at: now,
                kind,
                session: None,
                tickets: voided,
                invited: count_invited(change, kind, None)?,
                reason,
                told_at: None,
            })?;
            Ok::<_, Problem>(Cancelled { voided })
        })?;
        self.project()?;
        Ok(cancelled)
    }

    /// Closes the books of a published event that is over.
    pub fn complete_event(&self) -> Result<Self, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "complete event", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let mut event = change.event()?;
            if event.status != EventStatus::Published || stage_of(change, now)? != Stage::Over {
                return Err(Problem::new(
                    "event_not_over",
                    "only a published event whose last session has ended is completed; \
                     nothing was changed",
                ));
            }
            event.status = EventStatus::Completed;
            change.update_event(&event)?;
            Ok(())
        })?;
        self.after_change()
    }

    /// Deletes a draft for which no ticket was ever issued. Its file goes into the folder
    /// `deleted` beside the others, where it can be fetched back.
    pub fn delete_event(self) -> Result<(), Problem> {
        let (status, tickets) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.event()?.status, view.count_tickets_ever()?)))?;
        check_delete(status, tickets).map_err(|e| FieldErrors(vec![e]))?;
        let (workspace, id) = (std::sync::Arc::clone(self.workspace()), self.id());
        let path = self.file().path().to_owned();
        drop(self);
        let deleted = path.with_file_name("deleted");
        std::fs::create_dir_all(&deleted)?;
        workspace.file().forget_event(id)?;
        if let Some(name) = path.file_name() {
            std::fs::rename(&path, deleted.join(name))?;
        }
        Ok(())
    }

    /// The secret part of an unlisted event's link.
    pub fn link_token(&self) -> Result<Option<String>, Problem> {
        let event = self.file().read(|view| view.event())?;
        Ok(event
            .link_token
            .filter(|_| event.visibility == Visibility::Unlisted)
            .map(gatehouse_domain::event::LinkToken::text))
    }

    /// Makes a new link; the old one opens nothing from now on.
    pub fn regenerate_link(&self) -> Result<String, Problem> {
        let token = self.workspace().new_link_token();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "regenerate link", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let mut event = change.event()?;
            if event.visibility != Visibility::Unlisted {
                return Err(Problem::new(
                    "event_not_unlisted",
                    "only an unlisted event has a link of its own; nothing was changed",
                ));
            }
            event.link_token = Some(token);
            change.update_event(&event)?;
            Ok(())
        })?;
        Ok(token.text())
    }

    /// Whether someone with this link may see the event.
    pub fn link_opens(&self, text: &str) -> Result<bool, Problem> {
        let event = self.file().read(|view| view.event())?;
        Ok(event.visibility == Visibility::Unlisted
            && event.status != EventStatus::Draft
            && event.link_token.is_some_and(|token| token.matches(text)))
    }

    pub(crate) fn after_change(&self) -> Result<Self, Problem> {
        let home = self.refreshed()?;
        home.project()?;
        Ok(home)
    }
}

impl EventChange {
    /// Writes what is given into the event, and adds what is wrong with it.
    fn apply(&self, event: &mut Event, errors: &mut Vec<FieldError>) {
        if let Some(title) = &self.title {
            check_title(title, errors);
            event.title = title.trim().to_owned();
        }
        for (field, given, most, kept) in [
            ("tagline", &self.tagline, 200, &mut event.tagline),
            (
                "description",
                &self.description,
                20_000,
                &mut event.description,
            ),
            ("category", &self.category, 80, &mut event.category),
            ("organizer", &self.organizer, 200, &mut event.organizer),
            ("language", &self.language, 35, &mut event.language),
        ] {
            if let Some(text) = given {
                check_length(field, text, most, errors);
                kept.clone_from(text);
            }
        }
        if let Some(tags) = &self.tags {
            event.tags.clone_from(tags);
        }
        if let Some(zone) = &self.time_zone {
            match parse_zone("time_zone", zone) {
                Ok(zone) => event.time_zone = zone,
                Err(error) => errors.push(error),
            }
        }
        if let Some(currency) = &self.currency {
            if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) {
                event.currency.clone_from(currency);
            } else {
                errors.push(FieldError::new(
                    "currency",
                    "currency_unknown",
                    "give a currency of three capital letters, such as EUR",
                ));
            }
        }
        if let Some(place) = &self.place {
            place.check_form("place", errors);
            if event.status == EventStatus::Published {
                place.check_whole("place", errors);
            }
            event.place.clone_from(place);
        }
        event.capacity = self.capacity.unwrap_or(event.capacity);
        event.visibility = self.visibility.unwrap_or(event.visibility);
        event.access = self.access.unwrap_or(event.access);
        let settings = &mut event.settings;
        settings.claim_set = self.claim_set.unwrap_or(settings.claim_set);
        settings.code_form = self.code_form.unwrap_or(settings.code_form);
        settings.numbering = self.numbering.unwrap_or(settings.numbering);
        settings.re_entry = self.re_entry.unwrap_or(settings.re_entry);
        settings.tell_changes = self.tell_changes.unwrap_or(settings.tell_changes);
        if let Some(reminders) = &self.reminders {
            reminders.check(errors);
            settings.reminders.clone_from(reminders);
        }
        if let Some(host) = &self.host {
            settings.host = HostSettings {
                to: host.to.trim().to_owned(),
                ..host.clone()
            };
            settings.host.check(errors);
        }
    }
}

pub(crate) fn stage_of(view: &View<'_>, now: i64) -> Result<Stage, Problem> {
    Ok(stage(
        view.event()?.status,
        &view.sessions()?,
        view.count_tickets_ever()?,
        now,
    ))
}

/// Moves every time of the event so that its local hours stay in the new zone.
fn keep_local_hours(change: &Change<'_>, old: &Event, new: &Event) -> Result<(), Problem> {
    let shift = |at: i64| to_utc(local_of(at, old.time_zone), new.time_zone);
    for mut session in change.sessions()? {
        session.doors_at = shift(session.doors_at);
        session.starts_at = shift(session.starts_at);
        session.ends_at = shift(session.ends_at).max(session.starts_at + 60_000);
        session.revision += 1;
        change.update_session(&session)?;
    }
    for mut item in change.agenda()? {
        item.starts_at = shift(item.starts_at);
        item.ends_at = shift(item.ends_at).max(item.starts_at + 60_000);
        change.delete_agenda_item(item.id)?;
        change.insert_agenda_item(&item)?;
    }
    for mut kind in change.ticket_types()? {
        if kind.sales_from.is_some() || kind.sales_until.is_some() {
            kind.sales_from = kind.sales_from.map(shift);
            kind.sales_until = kind.sales_until.map(shift);
            change.update_ticket_type(&kind)?;
        }
    }
    Ok(())
}
