//! One message to one invitation, filled in: the letter with its codes and its file, or the text.

use std::collections::HashMap;
use std::sync::Arc;

use gatehouse_credential::qr::QrCode;
use gatehouse_domain::branding::Branding;
use gatehouse_domain::delivery::{Channel, Delivery, MessageKind};
use gatehouse_domain::event::Event;
use gatehouse_domain::id::InvitationId;
use gatehouse_domain::mailing::Mailing;
use gatehouse_domain::notice::Notice;
use gatehouse_domain::reminder::ReminderStep;
use gatehouse_domain::session::Session;
use gatehouse_mail::letter::{Attachment, Calendar, Inline, Unsubscribe};
use gatehouse_mail::{Address, Letter, Mailbox, Rendered, Signer, Template, Verp, gallery};
use gatehouse_print::{Sheet, TicketPrinter};
use serde_json::{Value, json};

use super::languages::Spoken;
use super::party::PartyFacts;
use super::templates::template_problem;
use super::vars::say_message;
use super::way::Way;
use crate::guest_links::GuestLinks;
use crate::home::EventHome;
use crate::printing::Faces;
use crate::problem::Problem;

/// Pixels of one module of a code in a letter: sharp on a screen held to a scanner.
const CODE_SCALE: u32 = 6;
/// The most codes that a letter shows; the file holds them all.
pub(super) const MOST_CODES: usize = 20;
/// The most of the organizer's own words in a text message, in characters.
const LONGEST_WORDS: usize = 600;
/// The colour of messages of a workspace that chose none.
const USUAL_COLOUR: &str = "#2E4BD8";
/// The logo's id in a letter.
const LOGO_CID: &str = "logo";

/// A message as it leaves.
#[derive(Debug, Clone)]
pub(crate) enum Ready {
    /// A letter's bytes and its envelope.
    Letter {
        /// Where it comes back to.
        from: Address,
        /// Whom it goes to.
        to: Address,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A text message.
    Text {
        /// The number that it goes to.
        to: String,
        /// What it says.
        text: String,
    },
}

impl Ready {
    /// The address or number that it goes to.
    pub(crate) fn recipient(&self) -> String {
        match self {
            Self::Letter { to, .. } => to.to_string(),
            Self::Text { to, .. } => to.clone(),
        }
    }
}

/// What messages of one event are made of, looked up once for many.
pub(crate) struct Composer {
    pub(super) home: EventHome,
    pub(super) event: Event,
    pub(super) sessions: Vec<Session>,
    pub(super) faces: Faces,
    printer: TicketPrinter,
    templates: HashMap<MessageKind, Spoken>,
    pub(super) mailings: HashMap<gatehouse_domain::id::MailingId, Mailing>,
    pub(super) notices: Vec<Notice>,
    calendar: String,
    sender: Result<Mailbox, Problem>,
    reply_to: Option<Mailbox>,
    pub(super) verp: Option<Verp>,
    pub(super) signer: Option<Arc<Signer>>,
    pub(super) logo: Option<(Arc<[u8]>, String)>,
    pub(super) brand: Value,
}

impl Composer {
    /// Looks up what all messages of the event share.
    pub(crate) fn new(home: &EventHome, way: &Way) -> Result<Self, Problem> {
        let home = home.refreshed()?;
        let branding = home.workspace().branding()?;
        let colour = branding
            .settings
            .colour
            .clone()
            .unwrap_or_else(|| USUAL_COLOUR.to_owned());
        let sender = sender_of(&branding.settings, home.event());
        let reply_to = read_mailbox(&way.settings.reply_to)?;
        let verp = match way.settings.bounce_address.as_str() {
            "" => None,
            address => Some(
                Verp::new(
                    &Address::read(address).map_err(address_problem)?,
                    &home.workspace().bounce_key()?,
                )
                .map_err(address_problem)?,
            ),
        };
        let (mailings, notices) = home
            .file()
            .read(|view| Ok::<_, Problem>((view.mailings()?, view.notices()?)))?;
        let organizer = if home.event().organizer.is_empty() {
            branding.settings.organizer.clone()
        } else {
            home.event().organizer.clone()
        };
        Ok(Self {
            event: home.event().clone(),
            sessions: home.sessions().to_vec(),
            faces: home.faces()?,
            printer: TicketPrinter::new(home.event_face()?, Sheet::A6, home.print_options(false)?),
            templates: HashMap::new(),
            mailings: mailings.into_iter().map(|one| (one.id, one)).collect(),
            notices,
            calendar: home.event_calendar()?,
            brand: json!({
                "ink": gallery::readable_on(&colour),
                "colour": colour,
                "logo_cid": branding.logo.as_ref().map(|_| LOGO_CID),
                "sender": sender_name(&branding.settings, home.event()),
                "organizer": organizer,
                "footer": "",
            }),
            logo: branding.logo.map(|(bytes, kind)| (bytes.into(), kind)),
            sender,
            reply_to,
            verp,
            signer: way.signer.clone(),
            home,
        })
    }

    /// Who letters are from; an error while nobody said so, and then none can leave.
    pub(super) fn sender(&self) -> Result<&Mailbox, Problem> {
        self.sender.as_ref().map_err(Clone::clone)
    }

    /// A page with the pictures that it names inside, so that it can be looked at alone.
    pub(crate) fn with_pictures(
        &self,
        html: &str,
        kind: MessageKind,
        invitation: Option<InvitationId>,
    ) -> Result<String, Problem> {
        let mut shown = html.to_owned();
        if let Some((bytes, media_type)) = &self.logo {
            shown = shown.replace(&format!("cid:{LOGO_CID}"), &data_url(media_type, bytes));
        }
        let tickets = match invitation {
            Some(id) if shown.contains("cid:code-") => self.party(id)?.tickets,
            _ => Vec::new(),
        };
        let sample = sample_code()?;
        for index in (0..MOST_CODES).rev() {
            let name = format!("cid:{}", code_cid(index));
            if !shown.contains(&name) {
                continue;
            }
            let png = match tickets.get(index) {
                Some(row) => self.faces.code(row)?.to_png(CODE_SCALE, 4),
                None => sample.to_png(CODE_SCALE, 4),
            }
            .map_err(|e| Problem::new("code_too_long", e.to_string()))?;
            shown = shown.replace(&name, &data_url("image/png", &png));
        }
        tracing::debug!(kind = kind.word(), "a message was looked at");
        Ok(shown)
    }

    /// Reads the wordings that these messages take.
    pub(crate) fn prepare(&mut self, deliveries: &[Delivery]) -> Result<(), Problem> {
        for delivery in deliveries {
            if !self.templates.contains_key(&delivery.kind) {
                let made = Spoken::read(&self.home, delivery.kind)?;
                self.templates.insert(delivery.kind, made);
            }
        }
        Ok(())
    }

    /// The address that a message goes to, in lower case; blank where nobody has one.
    pub(crate) fn address_of(&self, delivery: &Delivery) -> String {
        if delivery.step.is_none() {
            return String::new();
        }
        self.home
            .file()
            .read(|view| view.member_rows(delivery.invitation))
            .unwrap_or_default()
            .into_iter()
            .find_map(|row| row.email.filter(|email| !email.is_empty()))
            .unwrap_or_default()
            .to_lowercase()
    }

    /// Whether guests need a message to come, as whoever made its mailing said.
    pub(crate) fn is_needed(&self, delivery: &Delivery) -> bool {
        let mailing = delivery.mailing.and_then(|id| self.mailings.get(&id));
        mailing.is_some_and(|mailing| mailing.needed)
    }

    /// Makes a message ready to leave at `now`, UTC ms; or says why it can't. Its wording was
    /// prepared.
    pub(crate) fn compose(
        &self,
        delivery: &Delivery,
        others: &[(Event, Session)],
        now: i64,
    ) -> Result<Ready, Problem> {
        let link = self.event.settings.reminders.link_for(delivery.kind);
        if delivery.kind.needs_link() && link.is_none() {
            return Err(no_way(
                "link_missing",
                "the event's settings name no page to ask on any more",
            ));
        }
        let mut party = self.party(delivery.invitation)?;
        self.check_timely(delivery, &party, others, now)?;
        let own = party.own_language(delivery.channel);
        let read;
        let spoken = match self.templates.get(&delivery.kind) {
            Some(spoken) => spoken,
            None => {
                read = Spoken::read(&self.home, delivery.kind)?;
                &read
            }
        };
        let (language, template) = spoken.to(own);
        party.language = language.to_owned();
        let vars = self.vars(&party, delivery, others)?;
        let rendered = template?.render(&vars).map_err(template_problem)?;
        match delivery.channel {
            Channel::Email => self.letter(delivery, &party, &rendered, now),
            Channel::Sms | Channel::Whatsapp => {
                let to = party
                    .addressed(delivery.channel)
                    .and_then(|row| row.phone.clone())
                    .ok_or_else(|| no_way("phone_missing", "nobody of this party has a number"))?;
                let page = party.links.as_ref().map(|links| match delivery.kind {
                    MessageKind::Confirm => links.still.as_str(),
                    _ => links.page.as_str(),
                });
                Ok(Ready::Text {
                    to,
                    text: short_text(&rendered, self.words(delivery), link.or(page)),
                })
            }
        }
    }

    /// The language in which a party gets this kind of message by mail; the event's own for an
    /// invented one.
    pub(crate) fn language_to(
        &self,
        kind: MessageKind,
        invitation: Option<InvitationId>,
    ) -> Result<String, Problem> {
        let party = invitation.map(|id| self.party(id)).transpose()?;
        let own = party
            .as_ref()
            .map(|party| party.own_language(Channel::Email));
        self.home.language_to(kind, own.unwrap_or_default())
    }

    /// A wording of this language as it would look to a party, or to an invented one, with what it
    /// would lack. The organizer's own words stand in it where they are not blank.
    pub(crate) fn preview(
        &self,
        (template, language): (&Template, &str),
        kind: MessageKind,
        invitation: Option<InvitationId>,
        message: &str,
    ) -> Result<(Rendered, Vec<String>), Problem> {
        let mut vars = match invitation {
            None => {
                let mut vars = gallery::sample_vars();
                vars["brand"] = self.brand.clone();
                vars["event"] = self.event_vars(None, "", language);
                vars["language"] = gallery::language_vars(language);
                vars
            }
            Some(id) => {
                let party = PartyFacts {
                    language: language.to_owned(),
                    ..self.party(id)?
                };
                let delivery = Delivery::new(
                    gatehouse_domain::id::DeliveryId(uuid::Uuid::nil()),
                    id,
                    kind,
                    Channel::Email,
                    0,
                );
                self.vars(&party, &delivery, &[])?
            }
        };
        say_message(&mut vars, message);
        let blanks = match invitation {
            None => Vec::new(),
            Some(_) => template.blanks(&vars),
        };
        Ok((template.render(&vars).map_err(template_problem)?, blanks))
    }

    /// A letter with this wording, of this language, to an address that a person names, to look at:
    /// its codes open no door, its links act for no guest, and nothing tells that it was opened.
    pub(crate) fn trial(
        &self,
        (template, language): (&Template, &str),
        delivery: &Delivery,
        message: &str,
        to: &str,
        now: i64,
    ) -> Result<Ready, Problem> {
        let party = self.party(delivery.invitation)?;
        let party = PartyFacts {
            links: party.links.as_ref().map(GuestLinks::sample),
            language: language.to_owned(),
            sample: true,
            ..party
        };
        let mut vars = self.vars(&party, delivery, &[])?;
        say_message(&mut vars, message);
        let rendered = template.render(&vars).map_err(template_problem)?;
        self.letter_to(
            read_mailbox(to)?.ok_or_else(|| no_way("address_missing", "give an address"))?,
            delivery,
            &party,
            &rendered,
            now,
        )
    }

    /// The organizer's own words that a message has to bring itself, because no page shows them.
    fn words(&self, delivery: &Delivery) -> &str {
        let mailing = delivery.mailing.and_then(|id| self.mailings.get(&id));
        match mailing {
            Some(mailing) if delivery.kind.differs() => &mailing.message,
            _ => "",
        }
    }

    fn letter(
        &self,
        delivery: &Delivery,
        party: &PartyFacts,
        rendered: &Rendered,
        now: i64,
    ) -> Result<Ready, Problem> {
        let row = party
            .addressed(Channel::Email)
            .ok_or_else(|| no_way("address_missing", "nobody of this party has an address"))?;
        let address = row.email.as_deref().unwrap_or_default();
        let to = Mailbox::new(&row.name, Address::read(address).map_err(address_problem)?);
        self.letter_to(to, delivery, party, rendered, now)
    }

    fn letter_to(
        &self,
        to: Mailbox,
        delivery: &Delivery,
        party: &PartyFacts,
        rendered: &Rendered,
        now: i64,
    ) -> Result<Ready, Problem> {
        let mut inline = self.logo_inline();
        let mut attachments = Vec::new();
        if carries_codes(delivery) && !party.tickets.is_empty() {
            let mut faces = Vec::with_capacity(party.tickets.len());
            for (index, row) in party.tickets.iter().enumerate() {
                let code = match party.sample {
                    true => sample_code()?,
                    false => self.faces.code(row)?,
                };
                if index < MOST_CODES {
                    let png = code
                        .to_png(CODE_SCALE, 4)
                        .map_err(|e| Problem::new("code_too_long", e.to_string()))?;
                    inline.push(Inline {
                        cid: code_cid(index),
                        media_type: "image/png".into(),
                        bytes: png.into(),
                    });
                }
                faces.push(self.faces.face_with(row, code)?);
            }
            if delivery.kind == MessageKind::Ticket {
                attachments.push(Attachment {
                    name: format!("{}.pdf", party.invitation.number),
                    media_type: "application/pdf".into(),
                    bytes: self.printer.single(&faces)?.0.into(),
                });
            }
        }
        let calendar = matches!(
            delivery.kind,
            MessageKind::Invitation
                | MessageKind::Ticket
                | MessageKind::Change
                | MessageKind::Cancelled
        );
        let letter = Letter {
            id: self.message_id(delivery)?,
            from: self.sender()?.clone(),
            reply_to: self.reply_to.clone(),
            return_path: self.return_path(delivery.id.0)?,
            subject: rendered.subject.clone(),
            text: rendered.text.clone(),
            html: with_pixel(&rendered.html, party.links.as_ref()),
            inline,
            attachments,
            calendar: calendar.then(|| Calendar {
                method: "PUBLISH".into(),
                text: self.calendar.clone(),
            }),
            unsubscribe: party
                .links
                .as_ref()
                .filter(|_| !party.sample)
                .and_then(|links| links.unsubscribe.clone())
                .map(|url| Unsubscribe { url, mailto: None }),
            language: party.language.clone(),
            date_ms: now,
            auto: delivery.step.is_some() || delivery.notice.is_some(),
            to,
        };
        self.sealed(&letter)
    }

    /// The logo as letters carry it, where there is one.
    pub(super) fn logo_inline(&self) -> Vec<Inline> {
        let logo = self.logo.iter().map(|(bytes, media_type)| Inline {
            cid: LOGO_CID.into(),
            media_type: media_type.clone(),
            bytes: Arc::clone(bytes),
        });
        logo.collect()
    }

    /// Where the letter with this id comes back to.
    pub(super) fn return_path(&self, id: uuid::Uuid) -> Result<Address, Problem> {
        Ok(match &self.verp {
            None => self.sender()?.address.clone(),
            Some(verp) => verp.address(id),
        })
    }

    /// A letter as it leaves, signed where the workspace signs.
    pub(super) fn sealed(&self, letter: &Letter) -> Result<Ready, Problem> {
        let bytes = letter
            .to_bytes(self.signer.as_deref())
            .map_err(|e| Problem::new(e.code(), e.to_string()))?;
        Ok(Ready::Letter {
            from: letter.return_path.clone(),
            to: letter.to.address.clone(),
            bytes,
        })
    }

    /// A message's own id, which stays the same however often it is tried.
    fn message_id(&self, delivery: &Delivery) -> Result<String, Problem> {
        self.letter_id(delivery.id.0)
    }

    /// The Message-ID of the letter with this id.
    pub(super) fn letter_id(&self, id: uuid::Uuid) -> Result<String, Problem> {
        Ok(match &self.verp {
            Some(verp) => verp.message_id(id),
            None => format!("{}@{}", id.simple(), self.sender()?.address.domain()),
        })
    }
}

/// Whether a message shows the party's codes.
pub(super) fn carries_codes(delivery: &Delivery) -> bool {
    match delivery.kind {
        MessageKind::Ticket => true,
        MessageKind::Reminder => matches!(
            delivery.step,
            None | Some(ReminderStep::Day | ReminderStep::Hour)
        ),
        _ => false,
    }
}

/// A code that no gate admits.
fn sample_code() -> Result<QrCode, Problem> {
    QrCode::encode("GATEHOUSE SAMPLE, NOT A TICKET. NO GATE ADMITS IT.")
        .map_err(|e| Problem::new("code_too_long", e.to_string()))
}

pub(super) fn code_cid(index: usize) -> String {
    format!("code-{}", index + 1)
}

/// The page with the picture that tells that it was opened, where the event wants to know.
fn with_pixel(html: &str, links: Option<&GuestLinks>) -> String {
    let Some(open) = links.and_then(|links| links.open.as_deref()) else {
        return html.to_owned();
    };
    let pixel = format!("<img src=\"{open}\" width=\"1\" height=\"1\" alt=\"\">");
    match html.rfind("</body>") {
        Some(at) => format!("{}{pixel}{}", &html[..at], &html[at..]),
        None => format!("{html}{pixel}"),
    }
}

/// What a text message says: the subject, the organizer's own words, and where the rest is.
fn short_text(rendered: &Rendered, words: &str, link: Option<&str>) -> String {
    let words = words.trim();
    let mut said: String = words.chars().take(LONGEST_WORDS).collect();
    if said.len() < words.len() {
        said.truncate(said.trim_end().len());
        said.push('…');
    }
    let parts = [rendered.subject.as_str(), &said, link.unwrap_or_default()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("data:{media_type};base64,{text}")
}

fn sender_of(branding: &Branding, event: &Event) -> Result<Mailbox, Problem> {
    let Some(address) = &branding.sender_email else {
        return Err(Problem::new(
            "sender_missing",
            "say in the branding from which address guests get their mail; messages wait",
        ));
    };
    Ok(Mailbox::new(
        sender_name(branding, event),
        Address::read(address).map_err(address_problem)?,
    ))
}

fn sender_name<'n>(branding: &'n Branding, event: &'n Event) -> &'n str {
    match branding.sender_name.as_str() {
        "" => &event.organizer,
        name => name,
    }
}

fn read_mailbox(address: &str) -> Result<Option<Mailbox>, Problem> {
    if address.is_empty() {
        return Ok(None);
    }
    Ok(Some(Mailbox::new(
        "",
        Address::read(address).map_err(address_problem)?,
    )))
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn address_problem(error: gatehouse_mail::AddressError) -> Problem {
    Problem::new("address_unreadable", error.to_string())
}

fn no_way(code: &'static str, detail: &str) -> Problem {
    Problem::new(code, detail)
}
