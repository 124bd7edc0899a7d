//! A notice to the host as a letter: what happened, in the event's language, with who is named in
//! it looked up as it leaves.

use gatehouse_domain::delivery::DeliveryStatus;
use gatehouse_domain::host_notice::{HostNews, HostNotice};
use gatehouse_domain::id::HostNoticeId;
use gatehouse_domain::invitation::MemberStatus;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_mail::{Address, Letter, Mailbox, Template, gallery};
use gatehouse_store::event::DeliveryQuery;
use serde_json::{Value, json};

use super::compose::{Composer, Ready, address_problem};
use super::templates::template_problem;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::wording;

/// The most lines of one letter; how many more there are is told.
const MOST_LINES: usize = 50;
/// The most notices that a list shows.
const LISTED: u32 = 50;

impl EventHome {
    /// The last notices to the host, newest first.
    pub fn host_notices(&self) -> Result<Vec<HostNotice>, Problem> {
        Ok(self.file().read(|view| view.host_notices(LISTED))?)
    }
}

impl Composer {
    /// The letter of a notice to the host's address.
    pub(super) fn host_letter(
        &self,
        notice: &HostNotice,
        host: &str,
        now: i64,
    ) -> Result<Ready, Problem> {
        if host.is_empty() {
            return Err(Problem::new(
                "host_address_missing",
                "the host's address was taken out of the settings; nothing was sent",
            ));
        }
        let language = &self.event.language;
        let source = gallery::host_source(notice.news.wording(), language);
        let template = Template::compile(source).map_err(template_problem)?;
        let vars = json!({
            "event": self.event_vars(None, "", language),
            "host": self.host_vars(&notice.news)?,
            "brand": self.brand,
            "language": gallery::language_vars(language),
        });
        let rendered = template.render(&vars).map_err(template_problem)?;
        let to = Mailbox::new(
            &self.event.organizer,
            Address::read(host).map_err(address_problem)?,
        );
        let HostNoticeId(id) = notice.id;
        let letter = Letter {
            id: self.letter_id(id)?,
            from: self.sender()?.clone(),
            reply_to: None,
            return_path: self.return_path(id)?,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            inline: self.logo_inline(),
            attachments: Vec::new(),
            calendar: None,
            unsubscribe: None,
            language: language.clone(),
            date_ms: now,
            auto: true,
            to,
        };
        self.sealed(&letter)
    }

    fn host_vars(&self, news: &HostNews) -> Result<Value, Problem> {
        let (zone, language) = (self.event.time_zone, self.event.language.as_str());
        self.home.file().read(|view| {
            Ok(match news {
                HostNews::MailingDone { mailing } => {
                    let made = view.mailing(*mailing)?.map_or(0, |one| one.created_at);
                    let lines = [DeliveryStatus::Bounced, DeliveryStatus::Failed]
                        .into_iter()
                        .map(|status| {
                            let query = DeliveryQuery {
                                mailing: Some(*mailing),
                                status: Some(status),
                                limit: MOST_LINES as u32 + 1,
                                ..DeliveryQuery::default()
                            };
                            Ok(view.delivery_rows(&query)?.into_iter().map(|row| {
                                let parts = [row.number, row.label, row.delivery.recipient];
                                let parts: Vec<String> =
                                    parts.into_iter().filter(|part| !part.is_empty()).collect();
                                parts.join(" · ")
                            }))
                        })
                        .collect::<Result<Vec<_>, Problem>>()?
                        .into_iter()
                        .flatten()
                        .collect();
                    let name = wording::date_line(made, zone, language);
                    done_vars(&name, &view.count_mailing(*mailing)?, lines)
                }
                HostNews::BatchDone { batch } => {
                    let name = view.batch(*batch)?.map_or_else(String::new, |one| one.name);
                    done_vars(&name, &view.count_deliveries(*batch)?, Vec::new())
                }
                HostNews::SoldOut {
                    ticket_type,
                    capacity,
                } => {
                    let types = view.ticket_types()?;
                    let kind = types.iter().find(|kind| kind.id == *ticket_type);
                    let session = kind.and_then(TicketType::bound_session);
                    let session = self.sessions.iter().find(|one| Some(one.id) == session);
                    json!({
                        "type": kind.map(|kind| kind.name.as_str()),
                        "capacity": capacity,
                        "session": session
                            .map(|one| wording::date_line(one.starts_at, zone, language)),
                    })
                }
                HostNews::Digest { from, until } => {
                    let host = &self.event.settings.host;
                    let answered = match host.answers {
                        true => view.answered_between(*from, *until)?,
                        false => Vec::new(),
                    };
                    let bounces = match host.bounces {
                        true => view.bounced_between(*from, *until)?,
                        false => 0,
                    };
                    let declined = answered
                        .iter()
                        .filter(|one| one.status == MemberStatus::Declined)
                        .count();
                    let coming = answered.len() - declined;
                    let lines = answered
                        .into_iter()
                        .map(|one| {
                            let name = if one.name.is_empty() {
                                one.label
                            } else {
                                one.name
                            };
                            let comes = one.status != MemberStatus::Declined;
                            format!("{name}: {}", wording::comes(comes, language))
                        })
                        .collect();
                    with_lines(
                        json!({
                            "from": wording::date_line(*from, zone, language),
                            "coming": coming,
                            "declined": declined,
                            "answered": coming + declined,
                            "bounces": bounces,
                        }),
                        lines,
                    )
                }
            })
        })
    }
}

/// What became of a mailing's messages.
fn done_vars(name: &str, counts: &[(DeliveryStatus, u32)], lines: Vec<String>) -> Value {
    let count = |fits: fn(DeliveryStatus) -> bool| -> u32 {
        counts
            .iter()
            .filter(|(status, _)| fits(*status))
            .map(|(_, count)| count)
            .sum()
    };
    let failed = count(|status| status == DeliveryStatus::Failed);
    let bounced = count(|status| status == DeliveryStatus::Bounced);
    with_lines(
        json!({
            "name": name,
            "sent": count(DeliveryStatus::arrived),
            "bounced": bounced,
            "failed": failed,
        }),
        lines,
    )
}

/// The same with its lines, as many as a letter holds, and how many more there are.
fn with_lines(mut vars: Value, mut lines: Vec<String>) -> Value {
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    vars["lines"] = lines.into();
    vars["more"] = more.into();
    vars
}
