//! Mailings: whom they mean, made, set for a time, held, called off.

use std::collections::HashSet;

use gatehouse_domain::delivery::audience::{Audience, LeftOut};
use gatehouse_domain::delivery::marketing::{Leave, TOO_SOON};
use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus, MessageKind};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::guest::email_key;
use gatehouse_domain::host_notice::HostNews;
use gatehouse_domain::id::{
    DeliveryId, HostNoticeId, MailingId, NoticeId, SessionId, TicketTypeId,
};
use gatehouse_domain::mailing::{Mailing, MailingStatus, check_mailing};
use gatehouse_domain::notice::NoticeKind;
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, View};
use serde::{Deserialize, Serialize};

use super::apart::Apart;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How long a change can be taken back before guests hear of it, in milliseconds.
pub(crate) const SECOND_THOUGHTS: i64 = 10 * 60_000;

/// Code of news that guests were told already.
const NOTICE_TOLD: &str = "notice_told";

/// A mailing that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailingDraft {
    /// What it is about.
    pub kind: MessageKind,
    /// To whom it goes.
    #[serde(default)]
    pub audience: Audience,
    /// The organizer's own words in it.
    #[serde(default)]
    pub message: String,
    /// Whether guests need it to come: it leaves at once, and for those too who want no news.
    #[serde(default)]
    pub needed: bool,
    /// Not before, UTC ms; at once when absent.
    #[serde(default)]
    pub due_at: Option<i64>,
}

/// Whom a mailing would reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Reach {
    /// Messages by e-mail.
    pub email: u32,
    /// Messages by text message or WhatsApp.
    pub text: u32,
    /// Of these, that wait until a day has passed since the last news to the same guest.
    pub later: u32,
    /// Invitations that have this message, or one that waits.
    pub already: u32,
    /// Invitations nobody of which has an address or a number.
    pub unreachable: u32,
    /// Invitations whose address wants none of these.
    pub unsubscribed: u32,
    /// Invitations without a good ticket, where the message carries tickets.
    pub without_ticket: u32,
}

/// A mailing with how far its messages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailingView {
    /// The mailing.
    pub mailing: Mailing,
    /// How many messages stand where.
    pub counts: Vec<(DeliveryStatus, u32)>,
    /// Messages that are put off, so that marketing keeps apart.
    pub held: u32,
    /// Until when the first of them is, UTC ms.
    pub held_until: Option<i64>,
}

impl EventHome {
    /// Whom a mailing would reach if it went out now, where news of these events count beside its
    /// own.
    pub fn reach(
        &self,
        kind: MessageKind,
        audience: &Audience,
        needed: bool,
        events: &[EventHome],
    ) -> Result<Reach, Problem> {
        let now = self.now();
        let gone = self.workspace().unwilling(kind, needed)?;
        let addressees = self
            .file()
            .read(|view| view.addressees(kind, |email| gone.contains(&email_key(email))))?;
        let opening = self.file().read(|view| opening(view, audience))?;
        let mut apart = Apart::read(self.workspace(), events.iter().chain([self]), now)?;
        let mut reach = Reach::default();
        for one in &addressees {
            match audience.takes(kind, one, |of| opening.contains(&of)) {
                Ok(channel) => {
                    match channel {
                        Channel::Email => reach.email += 1,
                        Channel::Sms | Channel::Whatsapp => reach.text += 1,
                    }
                    let leave = apart.ask(kind, needed, &one.recipient, now);
                    reach.later += u32::from(leave != Leave::Now);
                }
                Err(LeftOut::HasIt) => reach.already += 1,
                Err(LeftOut::Unreachable) => reach.unreachable += 1,
                Err(LeftOut::Unsubscribed) => reach.unsubscribed += 1,
                Err(LeftOut::NoTicket) => reach.without_ticket += 1,
                Err(LeftOut::NotMeant) => {}
            }
        }
        Ok(reach)
    }

    /// Makes a mailing; one that is due puts its messages into the outbox at once.
    pub fn add_mailing(&self, draft: &MailingDraft) -> Result<MailingView, Problem> {
        let now = self.now();
        let mut errors = Vec::new();
        check_mailing(
            draft.kind,
            &draft.message,
            draft.needed,
            draft.due_at,
            now,
            &mut errors,
        );
        let link = self.event().settings.reminders.link_for(draft.kind);
        if draft.kind.needs_link() && link.is_none() {
            errors.push(FieldError::new(
                "kind",
                "link_missing",
                "say in the event's settings under messages which page guests are to open; \
                 nothing was sent",
            ));
        }
        FieldErrors::check(errors)?;
        if let Some(found) = self.unfit_wording(draft.kind)? {
            return Err(Problem::new(
                "wording_unfit",
                format!(
                    "the wording says what can't be sent ({} in {}, line {}: {}); nothing was sent",
                    found.code, found.part, found.line, found.detail
                ),
            ));
        }
        self.insert_mailing(draft, None)
    }

    fn insert_mailing(
        &self,
        draft: &MailingDraft,
        notice: Option<NoticeId>,
    ) -> Result<MailingView, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(
            &mut mint,
            "send mailing",
            Some(draft.kind.word().to_owned()),
        );
        let mailing = Mailing {
            id: MailingId(mint.mint(now)),
            kind: draft.kind,
            audience: draft.audience.clone(),
            message: draft.message.trim().to_owned(),
            needed: draft.needed,
            notice,
            batch: draft.audience.batch,
            due_at: draft.due_at.unwrap_or(now),
            status: MailingStatus::Scheduled,
            created_by: meta.actor.clone(),
            created_at: now,
        };
        let id = mailing.id;
        let gone = self.workspace().unwilling(mailing.kind, mailing.needed)?;
        self.file().command(Lane::Bulk, meta, move |change| {
            if let Some(notice) = notice {
                // Somebody else may have told it meanwhile.
                if change
                    .notice(notice)?
                    .is_none_or(|notice| notice.told_at.is_some())
                {
                    return Err(notice_told());
                }
                change.mark_notice_told(notice, now)?;
            }
            change.insert_mailing(&mailing)?;
            if mailing.due_at <= now {
                fill(change, &mailing, &gone, now, &mut mint)?;
            }
            Ok::<_, Problem>(())
        })?;
        self.mailing(id)
    }

    /// Puts the messages of every mailing whose time came into the outbox; says how many mailings.
    pub(crate) fn fill_due_mailings(&self) -> Result<usize, Problem> {
        let now = self.now();
        let due = self.file().read(|view| view.mailings_due(now))?;
        let count = due.len();
        for mailing in due {
            let mut mint = self.mint();
            let gone = self.workspace().unwilling(mailing.kind, mailing.needed)?;
            self.file().append(Lane::Bulk, move |change| {
                let fresh = change.mailing(mailing.id)?;
                match fresh.filter(|fresh| fresh.status == MailingStatus::Scheduled) {
                    Some(fresh) => fill(change, &fresh, &gone, now, &mut mint),
                    None => Ok(()),
                }
            })?;
        }
        Ok(count)
    }

    /// Closes mailings and batches of which nothing waits any more.
    pub(crate) fn close_mailings(&self) -> Result<(), Problem> {
        let open = self.file().read(|view| {
            let mut done = Vec::new();
            for mailing in view.mailings_sending()? {
                let waits = view
                    .count_mailing(mailing.id)?
                    .iter()
                    .any(|(status, count)| status.waits() && *count > 0);
                if !waits {
                    done.push(mailing.id);
                }
            }
            Ok::<_, Problem>(done)
        })?;
        if open.is_empty() {
            return Ok(());
        }
        let (now, mut mint) = (self.now(), self.mint());
        self.file().append(Lane::Edit, move |change| {
            let host = change.event()?.settings.host;
            for id in open {
                change.set_mailing_status(id, MailingStatus::Completed)?;
                let tells = host.is_on() && host.mailing_done;
                if tells && !change.count_mailing(id)?.is_empty() {
                    let news = HostNews::MailingDone { mailing: id };
                    change.insert_host_notice(HostNoticeId(mint.mint(now)), &news, now)?;
                }
            }
            Ok::<_, Problem>(())
        })
    }

    /// Makes mailings of the news that guests were not told and that stood long enough.
    pub(crate) fn tell_news(&self) -> Result<(), Problem> {
        if !self.event().settings.tell_changes {
            return Ok(());
        }
        let old = self.now() - SECOND_THOUGHTS;
        let untold: Vec<_> = self
            .file()
            .read(|view| view.notices())?
            .into_iter()
            .filter(|notice| {
                notice.told_at.is_none() && notice.at <= old && notice.concerns_anybody()
            })
            .collect();
        for notice in untold {
            match self.tell_notice(notice.id) {
                Err(problem) if problem.code == NOTICE_TOLD => {}
                told => drop(told?),
            }
        }
        Ok(())
    }

    /// Tells a piece of news to those whom it concerns.
    pub fn tell_notice(&self, id: NoticeId) -> Result<MailingView, Problem> {
        let notice = self
            .file()
            .read(|view| view.notice(id))?
            .ok_or_else(|| Problem::new("notice_unknown", "this event has no such news"))?;
        if notice.told_at.is_some() {
            return Err(notice_told());
        }
        let draft = MailingDraft {
            kind: told_by(notice.kind),
            audience: Audience {
                session: notice.session,
                ..Audience::default()
            },
            message: notice.reason,
            needed: false,
            due_at: None,
        };
        self.insert_mailing(&draft, Some(id))
    }

    /// All mailings, newest first.
    pub fn mailings(&self) -> Result<Vec<MailingView>, Problem> {
        self.file().read(|view| {
            view.mailings()?
                .into_iter()
                .map(|mailing| look(view, mailing))
                .collect()
        })
    }

    /// One mailing.
    pub fn mailing(&self, id: MailingId) -> Result<MailingView, Problem> {
        self.file().read(|view| {
            let mailing = view.mailing(id)?.ok_or_else(mailing_unknown)?;
            look(view, mailing)
        })
    }

    /// Holds a mailing's messages back, lets them go again, or calls it off; what left has left.
    pub fn step_mailing(&self, id: MailingId, to: MailingStatus) -> Result<MailingView, Problem> {
        let command = match to {
            MailingStatus::Paused => "pause mailing",
            MailingStatus::Sending => "resume mailing",
            _ => "cancel mailing",
        };
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, command, None);
        self.file().command(Lane::Edit, meta, move |change| {
            use MailingStatus as S;
            let mailing = change.mailing(id)?.ok_or_else(mailing_unknown)?;
            let fine = matches!(
                (mailing.status, to),
                (S::Sending, S::Paused)
                    | (S::Paused, S::Sending)
                    | (S::Scheduled | S::Sending | S::Paused, S::Cancelled)
            );
            if mailing.status == to {
                return Ok(());
            }
            if !fine {
                return Err(Problem::new(
                    "mailing_step_refused",
                    format!(
                        "this mailing is {}; nothing was changed",
                        mailing.status.word()
                    ),
                ));
            }
            if to == S::Cancelled {
                change.withdraw_mailing(id)?;
            }
            Ok::<_, Problem>(change.set_mailing_status(id, to)?)
        })?;
        self.mailing(id)
    }

    /// Holds all messages of the event back, or lets them go.
    pub fn pause_outbox(&self, paused: bool) -> Result<(), Problem> {
        let mut mint = self.mint();
        let command = if paused {
            "pause messages"
        } else {
            "resume messages"
        };
        let meta = self.edit_meta(&mut mint, command, None);
        self.file().command(Lane::Edit, meta, move |change| {
            Ok::<_, Problem>(change.set_outbox_paused(paused)?)
        })
    }
}

impl Workspace {
    /// Keys of the addresses whose owners want no messages of this kind; all want what they need.
    pub(crate) fn unwilling(
        &self,
        kind: MessageKind,
        needed: bool,
    ) -> Result<HashSet<String>, Problem> {
        if needed || !kind.is_marketing() {
            return Ok(HashSet::new());
        }
        let said = self.file().all_preferences()?;
        Ok(said
            .into_iter()
            .filter_map(|(key, said)| (!said.want(kind)).then_some(key))
            .collect())
    }
}

fn look(view: &View<'_>, mailing: Mailing) -> Result<MailingView, Problem> {
    let (held, held_until) = view.held_of_mailing(mailing.id, TOO_SOON)?;
    Ok(MailingView {
        counts: view.count_mailing(mailing.id)?,
        held,
        held_until,
        mailing,
    })
}

/// Types that open the session which an audience names.
fn opening(view: &View<'_>, audience: &Audience) -> Result<HashSet<TicketTypeId>, Problem> {
    let Some(session) = audience.session else {
        return Ok(HashSet::new());
    };
    Ok(view
        .ticket_types()?
        .into_iter()
        .filter(|kind| kind.opens(session))
        .map(|kind| kind.id)
        .collect())
}

/// What guests hear news of this kind by.
const fn told_by(kind: NoticeKind) -> MessageKind {
    match kind {
        NoticeKind::EventCancelled | NoticeKind::SessionCancelled => MessageKind::Cancelled,
        NoticeKind::SessionMoved | NoticeKind::PlaceChanged => MessageKind::Change,
    }
}

/// Invitations without a ticket that heard of the event and that news of this kind concerns.
pub(crate) fn count_invited(
    view: &View<'_>,
    kind: NoticeKind,
    session: Option<SessionId>,
) -> Result<u32, Problem> {
    let audience = Audience {
        session,
        ..Audience::default()
    };
    let opening = opening(view, &audience)?;
    let told_by = told_by(kind);
    let heard = view
        .addressees(told_by, |_| false)?
        .into_iter()
        .filter(|one| {
            let invited = one.tickets == 0 && !one.void && one.heard_at.is_some();
            invited
                && audience
                    .takes(told_by, one, |of| opening.contains(&of))
                    .is_ok()
        });
    Ok(u32::try_from(heard.count()).unwrap_or(u32::MAX))
}

/// Puts a mailing's messages into the outbox.
fn fill(
    change: &Change<'_>,
    mailing: &Mailing,
    gone: &HashSet<String>,
    now: i64,
    mint: &mut gatehouse_domain::id::IdMint,
) -> Result<(), Problem> {
    let opening = opening(change, &mailing.audience)?;
    let news = mailing.notice.map(|id| change.notice(id)).transpose()?;
    let news = news.flatten();
    for one in change.addressees(mailing.kind, |email| gone.contains(&email_key(email)))? {
        let Ok(channel) = mailing
            .audience
            .takes(mailing.kind, &one, |of| opening.contains(&of))
        else {
            continue;
        };
        // News is for those who heard of the event before; who was invited since knows it.
        if let Some(news) = &news {
            let heard = one.heard_at.is_some_and(|at| at <= news.at);
            if !heard && one.tickets == 0 && !one.void {
                continue;
            }
        }
        change.insert_delivery(&Delivery {
            mailing: Some(mailing.id),
            batch: mailing.batch,
            notice: mailing.notice,
            session: mailing.audience.session,
            ..Delivery::new(
                DeliveryId(mint.mint(now)),
                one.invitation,
                mailing.kind,
                channel,
                now,
            )
        })?;
    }
    Ok(change.set_mailing_status(mailing.id, MailingStatus::Sending)?)
}

fn notice_told() -> Problem {
    Problem::new(
        NOTICE_TOLD,
        "guests were told of this already; write an announcement to say more",
    )
}

fn mailing_unknown() -> Problem {
    Problem::new("mailing_unknown", "this event has no such mailing")
}
