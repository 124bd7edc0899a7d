//! One connection that messages leave by, and what became of each: written down before and after.

use gatehouse_domain::delivery::outcome::{Outcome, after_try};
use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus, MessageKind};
use gatehouse_mail::channel::Channel as _;
use gatehouse_mail::smtp::Sender;
use gatehouse_store::Lane;

use super::book::{Book, Entry};
use super::compose::Ready;
use super::way::{Way, outcome_of};
use crate::home::EventHome;
use crate::problem::Problem;

/// One connection that messages leave by.
pub(super) struct Line<'a> {
    home: &'a EventHome,
    way: &'a Way,
    book: &'a Book<'a>,
    sender: Option<Sender>,
    /// What the last try came to, until it is written: with the beginning of the next.
    ended: Option<Entry>,
}

/// What became of one message.
pub(super) enum Tried {
    /// It left.
    Sent,
    /// It did not, and says why.
    Not,
    /// It was not to be sent any more.
    Gone,
    /// None can leave now; it waits as before.
    Blocked { code: String, detail: String },
}

impl<'a> Line<'a> {
    /// A line over a connection that was kept, or over one that is made when it is needed.
    pub(super) fn over(
        kept: Option<Sender>,
        home: &'a EventHome,
        way: &'a Way,
        book: &'a Book<'a>,
    ) -> Self {
        Self {
            home,
            way,
            book,
            sender: kept,
            ended: None,
        }
    }

    /// Writes down what the last try came to, and gives the connection back.
    pub(super) fn end(mut self) -> (Option<Sender>, Result<(), Problem>) {
        let last: Vec<Entry> = self.ended.take().into_iter().collect();
        (self.sender.take(), self.book.write(last).map(|_| ()))
    }

    pub(super) fn deliver(&mut self, delivery: &Delivery, ready: &Ready) -> Result<Tried, Problem> {
        if matches!(ready, Ready::Letter { .. }) && self.sender.is_none() {
            match self.way.connect() {
                Ok(sender) => self.sender = Some(sender),
                Err(problem) => {
                    return Ok(Tried::Blocked {
                        code: problem.code.to_owned(),
                        detail: problem.detail,
                    });
                }
            }
        }
        let id = delivery.id;
        let mut entries: Vec<Entry> = self.ended.iter().cloned().collect();
        entries.push(Entry::Begins {
            id,
            recipient: ready.recipient(),
            at: self.home.now(),
        });
        let begun = self.book.write(entries)?;
        self.ended = None;
        if !begun {
            return Ok(Tried::Gone);
        }
        let (outcome, blocks) = self.hand_over(delivery, ready);
        let now = self.home.now();
        if blocks {
            let (code, detail) = match &outcome {
                Outcome::Later { code, reply } => ((*code).to_owned(), reply.clone()),
                _ => Default::default(),
            };
            self.sender = None;
            self.book.write(vec![Entry::TakenBack {
                id,
                due_at: now,
                code: code.clone(),
            }])?;
            return Ok(Tried::Blocked { code, detail });
        }
        let standing = after_try(delivery.attempts + 1, now, &outcome);
        let sent = standing.status == DeliveryStatus::Sent;
        let carries = delivery.kind == MessageKind::Ticket;
        self.ended = Some(Entry::Ended {
            id,
            standing,
            at: now,
            carried: (sent && carries).then_some(delivery.invitation),
        });
        Ok(if sent { Tried::Sent } else { Tried::Not })
    }

    fn hand_over(&mut self, delivery: &Delivery, ready: &Ready) -> (Outcome, bool) {
        match ready {
            Ready::Letter { from, to, bytes } => {
                let Some(sender) = self.sender.as_mut() else {
                    return (
                        Outcome::Later {
                            code: "server_unreachable",
                            reply: String::new(),
                        },
                        true,
                    );
                };
                let result = sender.send(from, to, bytes).map(|receipt| receipt.reply);
                outcome_of(result)
            }
            Ready::Text { to, text } => {
                let gateway = match delivery.channel {
                    Channel::Whatsapp => self.way.whatsapp.as_ref(),
                    _ => self.way.whatsapp.as_ref().or(self.way.sms.as_ref()),
                };
                match gateway {
                    None => (
                        Outcome::Refused {
                            code: "gateway_missing",
                            reply: "no gateway for text messages is set".into(),
                        },
                        false,
                    ),
                    Some(gateway) => outcome_of(
                        gateway
                            .send(to, text, &delivery.id.to_string())
                            .map(|receipt| receipt.reply),
                    ),
                }
            }
        }
    }
}

/// How long a message waits whose wording says what can't be sent, in milliseconds, unless somebody
/// mends it before.
const UNFIT_REST: i64 = 15 * 60_000;

/// Lets a message wait for a better wording, with the reason.
pub(super) fn put_off(
    home: &EventHome,
    delivery: &Delivery,
    problem: &Problem,
    now: i64,
) -> Result<(), Problem> {
    let (id, code) = (delivery.id, problem.code);
    home.file().append(Lane::Bulk, move |change| {
        Ok::<_, Problem>(change.put_off(id, now + UNFIT_REST, code)?)
    })
}

/// Marks a message that can't be made as failed, with the reason.
pub(super) fn give_up(
    home: &EventHome,
    delivery: &Delivery,
    problem: &Problem,
    now: i64,
) -> Result<(), Problem> {
    let (id, code, detail) = (delivery.id, problem.code, problem.detail.clone());
    home.file().append(Lane::Bulk, move |change| {
        let outcome = Outcome::Refused {
            code,
            reply: detail,
        };
        Ok::<_, Problem>(change.settle_try(id, &after_try(1, now, &outcome), now)?)
    })
}
