//! How far an event's messages are: the funnel, the domains, each message; corrected and sent again.

use gatehouse_domain::delivery::audience::Audience;
use gatehouse_domain::delivery::outcome::PERHAPS_SENT;
use gatehouse_domain::delivery::{
    Channel, Delivery, DeliveryStatus, MessageKind, Transport, channel_for,
};
use gatehouse_domain::guest::GuestChange;
use gatehouse_domain::id::{DeliveryId, GuestId, InvitationId, MailingId};
use gatehouse_domain::mailing::{Mailing, MailingStatus};
use gatehouse_sheet::write_csv;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeliveryQuery, DeliveryRow, DomainCount, KindCount};
use serde::{Deserialize, Serialize};

use super::compose::{Composer, Ready};
use super::party::addressed;
use super::templates::Wording;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::wording::stamp;

/// The most domains that are told apart.
const DOMAINS: u32 = 20;

const HEADER: [&str; 12] = [
    "Invitation",
    "Party",
    "About",
    "Channel",
    "To",
    "Status",
    "Code",
    "Answer of the server",
    "Tries",
    "Queued",
    "Sent",
    "Settled",
];

/// From the first message to the door, in invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Funnel {
    /// Invitations there are.
    pub invitations: u32,
    /// Of those, that a message left for and did not come back.
    pub sent: u32,
    /// Of those, whose last message came back or could not be sent.
    pub bounced: u32,
    /// Of those, that answered.
    pub answered: u32,
    /// Of those, somebody of whom comes.
    pub coming: u32,
    /// Of those, with a ticket that was fetched.
    pub downloaded: u32,
    /// Of those, somebody of whom came in.
    pub came_in: u32,
}

/// How far an event's messages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOverview {
    /// From the first message to the door.
    pub funnel: Funnel,
    /// How many messages of each kind stand where.
    pub counts: Vec<KindCount>,
    /// How messages fared with each domain.
    pub domains: Vec<DomainCount>,
    /// Whether the event's messages are held back.
    pub paused: bool,
    /// When the next message is due, UTC ms.
    pub next_due: Option<i64>,
}

impl EventHome {
    /// How far the event's messages are.
    pub fn delivery_overview(&self) -> Result<DeliveryOverview, Problem> {
        use gatehouse_domain::invitation::InvitationStatus as S;
        self.file().read(|view| {
            let mut funnel = Funnel::default();
            for one in view.addressees(MessageKind::Invitation, |_| false)? {
                let came_back = matches!(
                    one.last_of_any,
                    Some(DeliveryStatus::Bounced | DeliveryStatus::Failed)
                );
                funnel.invitations += 1;
                funnel.sent += u32::from(one.heard_at.is_some());
                funnel.bounced += u32::from(came_back);
                funnel.answered += u32::from(one.status != S::Pending);
                funnel.coming +=
                    u32::from(matches!(one.status, S::Accepted | S::Partial | S::Attended));
                funnel.downloaded += u32::from(one.tickets > one.not_downloaded);
                funnel.came_in += u32::from(one.status == S::Attended);
            }
            Ok(DeliveryOverview {
                funnel,
                counts: view.delivery_counts()?,
                domains: view.delivery_domains(DOMAINS)?,
                paused: view.outbox_paused()?,
                next_due: Transport::ALL
                    .iter()
                    .map(|by| view.next_delivery_due(*by))
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .flatten()
                    .min(),
            })
        })
    }

    /// A page of messages, newest first.
    pub fn delivery_rows(&self, query: &DeliveryQuery) -> Result<Vec<DeliveryRow>, Problem> {
        Ok(self.file().read(|view| view.delivery_rows(query))?)
    }

    /// Every message as a table (CSV, UTF-8), newest first; times are in the event's zone.
    pub fn deliveries_csv(&self) -> Result<Vec<u8>, Problem> {
        let rows = self.delivery_rows(&DeliveryQuery {
            limit: u32::MAX,
            ..DeliveryQuery::default()
        })?;
        let zone = self.event().time_zone;
        let time = |at: Option<i64>| at.map(|at| stamp(at, zone)).unwrap_or_default();
        let cells = rows.iter().map(|row| {
            let message = &row.delivery;
            [
                row.number.clone(),
                row.label.clone(),
                message.kind.word().to_owned(),
                message.channel.word().to_owned(),
                message.recipient.clone(),
                message.status.word().to_owned(),
                message.code.clone(),
                message.detail.clone(),
                message.attempts.to_string(),
                time(Some(message.queued_at)),
                time(message.sent_at),
                time(message.settled_at),
            ]
        });
        let mut table = Vec::new();
        write_csv(&mut table, &HEADER, cells)?;
        Ok(table)
    }

    /// Every message to the party of a guest, oldest first.
    pub fn messages_of_guest(&self, guest: GuestId) -> Result<Vec<Delivery>, Problem> {
        Ok(self.file().read(|view| view.deliveries_of_guest(guest))?)
    }

    /// One message.
    pub fn delivery(&self, id: DeliveryId) -> Result<Delivery, Problem> {
        self.file()
            .read(|view| view.delivery(id))?
            .ok_or_else(delivery_unknown)
    }

    /// Puts a message into the outbox again, as a new one; with another address, that of the guest
    /// is corrected first. A message that waits is refused. One of a mailing that was called off is
    /// a mailing of its own.
    pub fn resend(
        &self,
        id: DeliveryId,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Result<Delivery, Problem> {
        let before = self.delivery(id)?;
        if before.status.waits() {
            return Err(Problem::new(
                "delivery_waits",
                "this message waits to be sent already; nothing was changed",
            ));
        }
        let given = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let corrected = GuestChange {
            email: given(email),
            phone: given(phone),
            ..GuestChange::default()
        };
        if corrected != GuestChange::default() {
            self.correct_address(before.invitation, before.channel, &corrected)?;
        }
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "send message again", None);
        let made_by = meta.actor.clone();
        self.file().command(Lane::Edit, meta, move |change| {
            let channel = change
                .member_rows(before.invitation)?
                .iter()
                .filter_map(|row| {
                    channel_for(
                        row.email.as_deref().unwrap_or(""),
                        row.phone.as_deref().unwrap_or(""),
                    )
                })
                .min()
                .ok_or_else(|| {
                    Problem::new(
                        "address_missing",
                        "nobody of this party has an address or a number; give one",
                    )
                })?;
            let mut mailing = before.mailing;
            if let Some(old) = before
                .mailing
                .map(|id| change.mailing(id))
                .transpose()?
                .flatten()
                && old.status == MailingStatus::Cancelled
            {
                // What was called off sends nothing any more; its words go to this one party.
                let again = Mailing {
                    id: MailingId(mint.mint(at)),
                    audience: Audience {
                        invitations: vec![before.invitation],
                        ..Audience::default()
                    },
                    due_at: at,
                    status: MailingStatus::Sending,
                    created_by: made_by,
                    created_at: at,
                    ..old
                };
                change.insert_mailing(&again)?;
                mailing = Some(again.id);
            }
            let delivery = Delivery {
                batch: before.batch,
                mailing,
                notice: before.notice,
                // A reminder's step marks the first alone.
                session: before.session,
                ..Delivery::new(
                    DeliveryId(mint.mint(at)),
                    before.invitation,
                    before.kind,
                    channel,
                    at,
                )
            };
            change.insert_delivery(&delivery)?;
            Ok::<_, Problem>(delivery)
        })
    }

    /// Gives the guest whose address or number an invitation's messages go to another one.
    fn correct_address(
        &self,
        invitation: InvitationId,
        channel: Channel,
        corrected: &GuestChange,
    ) -> Result<(), Problem> {
        let party = self.party(invitation)?;
        let guest = addressed(&party.members, channel)
            .or(party.members.first())
            .and_then(|row| row.member.guest)
            .ok_or_else(|| {
                Problem::new(
                    "guest_unnamed",
                    "this party has no guest whose address could be corrected; name one first",
                )
            })?;
        self.change_guest(guest, corrected)?;
        Ok(())
    }

    /// Settles a message of which nobody knows whether it left, as a person found out.
    pub fn settle_unknown(&self, id: DeliveryId, arrived: bool) -> Result<Delivery, Problem> {
        let found = self.delivery(id)?;
        if found.code != PERHAPS_SENT {
            return Err(Problem::new(
                "delivery_settled",
                "what became of this message is known; nothing was changed",
            ));
        }
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "settle message", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let (status, code) = if arrived {
                (DeliveryStatus::Delivered, "")
            } else {
                (DeliveryStatus::Failed, "not_sent")
            };
            Ok::<_, Problem>(change.settle_delivery(id, status, code, &found.detail, at)?)
        })?;
        self.delivery(id)
    }

    /// A wording filled in for an invitation, or for an invented one; with what should be looked at.
    /// Where none is given it is what they would be sent, in their language; one that is given is of
    /// the event's where none is named.
    pub fn preview_wording(
        &self,
        kind: MessageKind,
        wording: Option<&Wording>,
        language: Option<&str>,
        invitation: Option<InvitationId>,
        message: &str,
    ) -> Result<Previewed, Problem> {
        let way = self.workspace().mail_way()?;
        let composer = Composer::new(self, &way)?;
        let (wording, language) = self.tried(&composer, kind, wording, language, invitation)?;
        let template = wording.compile()?;
        let (shown, blanks) =
            composer.preview((&template, &language), kind, invitation, message)?;
        Ok(Previewed {
            subject: shown.subject,
            html: composer.with_pictures(&shown.html, kind, invitation)?,
            text: shown.text,
            blanks,
            findings: wording.findings()?,
        })
    }

    /// What is looked at or tried, and its language.
    fn tried(
        &self,
        composer: &Composer,
        kind: MessageKind,
        wording: Option<&Wording>,
        language: Option<&str>,
        invitation: Option<InvitationId>,
    ) -> Result<(Wording, String), Problem> {
        let language = match (language, wording) {
            (Some(language), _) => language.to_owned(),
            (None, Some(_)) => self.event().language.clone(),
            (None, None) => composer.language_to(kind, invitation)?,
        };
        let wording = match wording {
            Some(wording) => wording.clone(),
            None => self.wording(kind, &language)?.wording,
        };
        Ok((wording, language))
    }

    /// Sends a wording, chosen as for a preview and filled in for an invitation, to an address that
    /// a person names, at once.
    pub fn send_trial(
        &self,
        kind: MessageKind,
        wording: Option<&Wording>,
        language: Option<&str>,
        invitation: Option<InvitationId>,
        message: &str,
        to: &str,
    ) -> Result<(), Problem> {
        let way = self.workspace().mail_way()?;
        let composer = Composer::new(self, &way)?;
        let mut mint = self.mint();
        let now = self.now();
        let Some(invitation) =
            invitation.map_or_else(|| self.any_invitation(), |id| Ok(Some(id)))?
        else {
            return Err(Problem::new(
                "invitation_unknown",
                "make an invitation first, so that there is something to try with",
            ));
        };
        let delivery = Delivery::new(
            DeliveryId(mint.mint(now)),
            invitation,
            kind,
            Channel::Email,
            now,
        );
        let (wording, language) =
            self.tried(&composer, kind, wording, language, Some(invitation))?;
        let template = wording.compile()?;
        let ready = composer.trial((&template, &language), &delivery, message, to, now)?;
        let Ready::Letter { from, to, bytes } = ready else {
            return Ok(());
        };
        let mut sender = way.connect()?;
        let sent = sender.send(&from, &to, &bytes);
        sender.close();
        sent.map(|_| ()).map_err(|e| {
            Problem::new(
                "trial_not_sent",
                format!("the server did not take the message: {e}"),
            )
        })
    }

    fn any_invitation(&self) -> Result<Option<InvitationId>, Problem> {
        Ok(self.file().read(|view| view.first_invitation())?)
    }
}

/// A wording filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Previewed {
    /// Subject line.
    pub subject: String,
    /// The page, with its pictures inside.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// Variables that this invitation has nothing for.
    pub blanks: Vec<String>,
    /// What should be looked at before it is sent.
    pub findings: Vec<super::templates::WordingFinding>,
}

fn delivery_unknown() -> Problem {
    Problem::new("delivery_unknown", "this event has no such message")
}
