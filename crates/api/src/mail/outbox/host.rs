//! What the host is told: put into the outbox when it happens, and sent as everything else is.

use std::collections::BTreeSet;

use gatehouse_domain::batch::BatchStatus;
use gatehouse_domain::capacity::used_up;
use gatehouse_domain::delivery::Transport;
use gatehouse_domain::delivery::outcome::{Outcome, after_try};
use gatehouse_domain::host_notice::{HostNews, HostNotice, digest_closed, digest_due};
use gatehouse_domain::id::{BatchId, HostNoticeId};
use gatehouse_store::Lane;

use super::{Outbox, Round, Tools};
use crate::home::EventHome;
use crate::mail::compose::Ready;
use crate::mail::way::outcome_of;
use crate::problem::Problem;

/// Notices that leave in one round at most.
const AT_ONCE: u32 = 20;

/// What was looked at of an event already, so that it is not counted again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looked {
    /// The newest edit.
    edit: Option<i64>,
    /// When the last digest closed, UTC ms.
    digest: Option<i64>,
}

impl Outbox {
    /// Puts into the outbox what the host is to hear by now.
    pub(super) fn look_for_host(&self, home: &EventHome) -> Result<(), Problem> {
        let host = &home.event().settings.host;
        if !host.is_on() {
            return Ok(());
        }
        let before = self
            .stand()
            .looked
            .get(&home.id())
            .copied()
            .unwrap_or_default();
        let (now, zone) = (home.now(), home.event().time_zone);
        let looked = Looked {
            edit: Some(home.file().read(|view| view.last_edit())?),
            digest: Some(digest_closed(now, zone)),
        };
        let mut news = Vec::new();
        if host.sold_out && looked.edit != before.edit {
            news.extend(home.file().read(|view| {
                let types = view.ticket_types()?;
                Ok::<_, Problem>(used_up(&view.count_tickets_by_type()?, &types))
            })?);
        }
        if host.has_digest() && looked.digest != before.digest {
            let told = home.file().read(|view| view.digest_until())?;
            if let Some((from, until)) = digest_due(told, now, zone)
                && has_something(home, from, until)?
            {
                news.push(HostNews::Digest { from, until });
            }
        }
        tell(home, news)?;
        self.stand().looked.insert(home.id(), looked);
        Ok(())
    }

    /// Settles notices whose try a program left open when it ended.
    pub(super) fn settle_cut_off_host(home: &EventHome) -> Result<(), Problem> {
        for notice in home.file().read(|view| view.handed_host_notices())? {
            let outcome = Outcome::Unknown {
                reply: "Gatehouse ended while the message was handed over".into(),
            };
            settle(home, &notice, &outcome)?;
        }
        Ok(())
    }

    /// Sends what the host is to hear and what is due.
    pub(super) fn send_to_host(
        &self,
        home: &EventHome,
        homes: &[EventHome],
        round: &mut Round,
    ) -> Result<(), Problem> {
        let now = self.now();
        let rests = !self.open().contains(&Transport::Mail);
        let (paused, due) = home.file().read(|view| {
            let due = view.due_host_notices(now, AT_ONCE)?;
            Ok::<_, Problem>((view.outbox_paused()?, due))
        })?;
        if due.is_empty() || paused || rests || self.is_stopped() {
            return Ok(());
        }
        let Tools { way, composer, .. } = match self.tools(home) {
            Ok(tools) => tools,
            Err(problem) => {
                self.block_all(&problem);
                return Ok(());
            }
        };
        if let Err(problem) = composer.sender() {
            self.block(Transport::Mail, problem.code, &problem.detail);
            return Ok(());
        }
        let Some(allowed) =
            self.allow(&way, homes, &BTreeSet::from([Transport::Mail]), due.len())?
        else {
            return Ok(());
        };
        let mut sender = match way.connect() {
            Ok(sender) => sender,
            Err(problem) => {
                self.block(Transport::Mail, problem.code, &problem.detail);
                return Ok(());
            }
        };
        let host = &home.event().settings.host.to;
        for notice in due.iter().take(allowed) {
            let made = composer.host_letter(notice, host, now);
            let (from, to, bytes) = match made {
                Ok(Ready::Letter { from, to, bytes }) => (from, to, bytes),
                Ok(Ready::Text { .. }) => continue,
                Err(problem) => {
                    let outcome = Outcome::Refused {
                        code: problem.code,
                        reply: problem.detail,
                    };
                    settle(home, notice, &outcome)?;
                    round.failed += 1;
                    continue;
                }
            };
            let (id, recipient) = (notice.id, to.to_string());
            let begun = home.file().append(Lane::Bulk, move |change| {
                Ok::<_, Problem>(change.hand_over_host_notice(id, &recipient, now)?)
            })?;
            if !begun {
                continue;
            }
            let result = sender.send(&from, &to, &bytes);
            let (outcome, blocks) = outcome_of(result.map(|receipt| receipt.reply));
            if let (true, Outcome::Later { code, reply }) = (blocks, &outcome) {
                let why = *code;
                home.file().append(Lane::Bulk, move |change| {
                    Ok::<_, Problem>(change.take_back_host_notice(id, now, why)?)
                })?;
                self.block(Transport::Mail, code, reply);
                return Ok(());
            }
            if settle(home, notice, &outcome)? {
                round.sent += 1;
                self.stand().blocked.remove(&Transport::Mail);
                if let Some(meter) = self
                    .meter
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .as_mut()
                {
                    meter.note(now, 1);
                }
            } else {
                round.failed += 1;
            }
        }
        sender.close();
        Ok(())
    }
}

/// Whether a digest of this time would tell anything.
fn has_something(home: &EventHome, from: i64, until: i64) -> Result<bool, Problem> {
    let host = &home.event().settings.host;
    home.file().read(|view| {
        Ok(
            host.answers && !view.answered_between(from, until)?.is_empty()
                || host.bounces && view.bounced_between(from, until)? > 0,
        )
    })
}

/// Puts news into the outbox, each once.
fn tell(home: &EventHome, news: Vec<HostNews>) -> Result<(), Problem> {
    if news.is_empty() {
        return Ok(());
    }
    let (now, mut mint) = (home.now(), home.mint());
    home.file().append(Lane::Bulk, move |change| {
        for one in &news {
            change.insert_host_notice(HostNoticeId(mint.mint(now)), one, now)?;
        }
        Ok::<_, Problem>(())
    })
}

/// Tells the host, where they want to hear it, that nothing of this batch waits any more.
pub(super) fn tell_batches(home: &EventHome, done: &[BatchId]) -> Result<(), Problem> {
    let host = &home.event().settings.host;
    if !host.is_on() || !host.mailing_done {
        return Ok(());
    }
    let news = home.file().read(|view| {
        let mut news = Vec::new();
        for batch in done.iter().copied() {
            let stands = view.batch(batch)?.map(|batch| batch.status);
            if stands == Some(BatchStatus::Completed) && !view.has_mailing_of_batch(batch)? {
                news.push(HostNews::BatchDone { batch });
            }
        }
        Ok::<_, Problem>(news)
    })?;
    tell(home, news)
}

/// Notes what a try came to; says whether it left.
fn settle(home: &EventHome, notice: &HostNotice, outcome: &Outcome) -> Result<bool, Problem> {
    let now = home.now();
    let standing = after_try(notice.attempts + 1, now, outcome);
    let sent = matches!(outcome, Outcome::Taken { .. });
    let id = notice.id;
    home.file().append(Lane::Bulk, move |change| {
        Ok::<_, Problem>(change.settle_host_notice(id, &standing, now)?)
    })?;
    Ok(sent)
}
