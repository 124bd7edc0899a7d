//! Links for guests: where their invitation's page is, and signed ones for what it leads to.

use std::sync::{Arc, PoisonError};

use gatehouse_credential::link::{Link, LinkKey, LinkPurpose, new_link_secret};
use gatehouse_domain::account::Action;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, InvitationId, TicketId};
use gatehouse_domain::invitation::{Invitation, invitation_code};
use gatehouse_domain::preferences::Preferences;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_store::Lane;
use gatehouse_store::event::{MemberRow, View};

use crate::accounts::Signed;
use crate::home::EventHome;
use crate::parties::invitation_unknown;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What the secret of links is sealed for.
const PURPOSE: &str = "guest links";
/// How long after the event's end its links open something, in milliseconds.
const GOOD_AFTER_MS: i64 = 30 * 86_400_000;
/// How long a link to preferences is good, in milliseconds: two years, because a message may be
/// unsubscribed from long after.
const PREFERENCES_MS: i64 = 731 * 86_400_000;
/// The longest address, in characters.
const LONGEST_ADDRESS: usize = 200;

/// The links of one invitation, for one guest where they are theirs alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct GuestLinks {
    /// Its page, on which guests answer.
    pub page: String,
    /// The page with yes chosen; nothing is answered by opening it.
    pub yes: String,
    /// The page with no chosen; nothing is answered by opening it.
    pub no: String,
    /// The page that asks those who are expected whether they still come.
    pub still: String,
    /// The event as a calendar file.
    pub calendar: String,
    /// The tickets as PDF; none where the event does not share them, or nobody has one.
    pub download: Option<String>,
    /// What the guest wants to hear of; none for one without an e-mail address.
    pub preferences: Option<String>,
    /// Where a mail program posts to unsubscribe with one click (RFC 8058).
    pub unsubscribe: Option<String>,
    /// The picture that tells that a message was opened; none unless the event notes that.
    pub open: Option<String>,
}

impl GuestLinks {
    /// Links of the same kinds that open nothing and tell nobody, for a letter that is sent to try
    /// it: whoever follows them acts for no guest.
    #[must_use]
    pub(crate) fn sample(&self) -> Self {
        let page = "https://guest-page.example.org/i/sample";
        let shown = |link: &Option<String>, part: &str| {
            let link = link.as_ref();
            link.map(|_| format!("https://guest-page.example.org/{part}/sample"))
        };
        Self {
            page: page.to_owned(),
            yes: format!("{page}/yes"),
            no: format!("{page}/no"),
            still: format!("{page}/still"),
            calendar: format!("{page}/event.ics"),
            download: shown(&self.download, "d"),
            preferences: shown(&self.preferences, "p"),
            unsubscribe: shown(&self.unsubscribe, "p"),
            open: None,
        }
    }
}

impl Workspace {
    /// The secret that makes and checks links.
    pub(crate) fn link_key(&self) -> Result<Arc<LinkKey>, Problem> {
        let mut kept = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = kept.as_ref() {
            return Ok(Arc::clone(key));
        }
        let sealed = self
            .file()
            .secret(PURPOSE, || self.vault().seal(PURPOSE, &*new_link_secret()))?;
        let secret = self
            .vault()
            .open(PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        let key = Arc::new(LinkKey::from_secret(&secret));
        *kept = Some(Arc::clone(&key));
        Ok(key)
    }

    /// The address under which guests reach this office, such as `https://rsvp.example.org`,
    /// without a slash at the end; none while nobody set one.
    pub fn guest_address(&self) -> Result<Option<String>, Problem> {
        Ok(self.file().guest_address()?)
    }

    /// Sets the address under which guests reach this office, or removes it; links that were sent
    /// under another one stay as they are.
    pub fn set_guest_address(
        &self,
        by: &Signed,
        address: Option<&str>,
    ) -> Result<Option<String>, Problem> {
        by.check(Action::ManageWorkspace)?;
        let address = address
            .map(str::trim)
            .filter(|address| !address.is_empty())
            .map(check_address)
            .transpose()?;
        let edit = self.workspace_edit(Some(by), "change guest address", "guest pages");
        self.file().set_guest_address(address.as_deref(), &edit)?;
        Ok(address)
    }
}

/// What people want to hear of, by their address.
impl Workspace {
    /// What the person behind an e-mail address wants to hear of; the usual while they never said.
    pub fn preferences(&self, email: &str) -> Result<Preferences, Problem> {
        Ok(self.file().preferences(email)?)
    }

    /// Keeps what the person behind an e-mail address wants to hear of.
    pub fn set_preferences(&self, email: &str, wanted: Preferences) -> Result<(), Problem> {
        let now = self.surroundings().now();
        Ok(self.file().set_preferences(email, &wanted, now)?)
    }
}

/// The address without a slash at the end, in lower case.
fn check_address(address: &str) -> Result<String, FieldErrors> {
    let address = address.trim_end_matches('/').to_ascii_lowercase();
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let letters = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    let good = !bare.is_empty()
        && bare.chars().all(letters)
        && address.len() <= LONGEST_ADDRESS
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if good {
        return Ok(address);
    }
    Err(FieldErrors(vec![FieldError::new(
        "address",
        "address_invalid",
        "give the beginning of an address such as https://rsvp.example.org, without a path",
    )]))
}

impl EventHome {
    /// The links of an invitation, with those that are for one guest for its first member who has
    /// an e-mail address.
    pub fn guest_links(&self, invitation: InvitationId) -> Result<GuestLinks, Problem> {
        let guest = self.file().read(|view| {
            let members = view.member_rows(invitation)?;
            let reached = members.iter().find(|row| row.email.is_some());
            Ok::<_, Problem>(reached.and_then(|row| row.member.guest))
        })?;
        self.guest_links_for(invitation, guest)
    }

    /// As [`Self::guest_links`], with those that are for one guest for this one.
    pub fn guest_links_for(
        &self,
        invitation: InvitationId,
        guest: Option<GuestId>,
    ) -> Result<GuestLinks, Problem> {
        let address = self.workspace().guest_address()?.ok_or_else(|| {
            Problem::new(
                "guest_address_missing",
                "nobody said under which address guests reach this office; nothing was written. \
                 Say it in the settings under Guest pages",
            )
        })?;
        let key = self.workspace().link_key()?;
        let now = self.now();
        let (event, kept, has_ticket, guest, version, ends_at) = self.file().read(|view| {
            let kept = view
                .invitation(invitation)?
                .ok_or_else(invitation_unknown)?;
            let has_ticket = view.member_rows(invitation)?.iter().any(has_good_ticket);
            let guest = guest.map(|id| view.guest(id)).transpose()?.flatten();
            Ok::<_, Problem>((
                view.event()?,
                kept,
                has_ticket,
                guest,
                view.link_version(invitation)?,
                ends_at(view)?,
            ))
        })?;
        let until = ends_at.max(now) + GOOD_AFTER_MS;
        let written =
            |purpose, id, until, version| key.write(&Link::until(purpose, id, until, version));
        let page = format!("{address}/i/{}", kept.code);
        let settings = &event.settings.answers;
        let download = (settings.share_tickets && has_ticket)
            .then(|| written(LinkPurpose::Invitation, invitation.0, until, version));
        let reached = guest.filter(|guest: &Guest| !guest.values.email.is_empty());
        let wishes = reached.map(|guest| {
            written(
                LinkPurpose::Preferences,
                guest.id.0,
                now + PREFERENCES_MS,
                1,
            )
        });
        let open = settings
            .track_opens
            .then(|| written(LinkPurpose::Opened, invitation.0, until, version));
        Ok(GuestLinks {
            yes: format!("{page}/yes"),
            no: format!("{page}/no"),
            still: format!("{page}/still"),
            calendar: format!("{page}/event.ics"),
            download: download.map(|link| format!("{address}/d/{link}")),
            preferences: wishes.as_ref().map(|link| format!("{address}/p/{link}")),
            unsubscribe: wishes.map(|link| format!("{address}/p/{link}")),
            open: open.map(|link| format!("{address}/o/{link}.gif")),
            page,
        })
    }

    /// The text of a link that opens an invitation's tickets for a while after the event.
    pub(crate) fn download_link(&self, invitation: InvitationId) -> Result<String, Problem> {
        let (version, ends_at) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.link_version(invitation)?, ends_at(view)?)))?;
        let until = ends_at.max(self.now()) + GOOD_AFTER_MS;
        let link = Link::until(LinkPurpose::Invitation, invitation.0, until, version);
        Ok(self.workspace().link_key()?.write(&link))
    }

    /// A link that opens one ticket's PDF until some time after the event; a ticket that gets
    /// another code gets another link.
    pub fn ticket_link(&self, ticket: TicketId) -> Result<String, Problem> {
        let (found, ends_at) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.ticket(ticket)?, ends_at(view)?)))?;
        let found =
            found.ok_or_else(|| Problem::new("ticket_unknown", "this event has no such ticket"))?;
        let address = self.workspace().guest_address()?.unwrap_or_default();
        let until = ends_at.max(self.now()) + GOOD_AFTER_MS;
        let link = Link::until(LinkPurpose::Ticket, ticket.0, until, found.version);
        let text = self.workspace().link_key()?.write(&link);
        Ok(format!("{address}/d/{text}"))
    }

    /// Gives an invitation another code and kills every link that was made for it.
    pub fn renew_links(&self, id: InvitationId) -> Result<Invitation, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "renew links", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let mut kept = change.invitation(id)?.ok_or_else(invitation_unknown)?;
            kept.code = invitation_code(entropy.as_mut());
            change.renew_links(id, &kept.code, at)?;
            Ok::<_, Problem>(kept)
        })
    }
}

/// Whether a member holds a ticket that lets them in.
pub(crate) fn has_good_ticket(row: &MemberRow) -> bool {
    row.ticket
        .is_some_and(|ticket| ticket.status == TicketStatus::Active)
}

/// When the event's last session ends, UTC ms.
pub(crate) fn ends_at(view: &View<'_>) -> Result<i64, Problem> {
    let sessions = view.sessions()?;
    let last = sessions.iter().map(|session| session.ends_at).max();
    Ok(last.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::check_address;

    #[test]
    fn an_address_is_a_host_and_nothing_more() {
        for (given, kept) in [
            (
                "https://RSVP.example.org/",
                Some("https://rsvp.example.org"),
            ),
            ("https://desk.local:8443", Some("https://desk.local:8443")),
            ("http://127.0.0.1:8030", Some("http://127.0.0.1:8030")),
            ("https://[::1]:8443", Some("https://[::1]:8443")),
            ("https://[fe80::1]", Some("https://[fe80::1]")),
            ("rsvp.example.org", None),
            ("ftp://rsvp.example.org", None),
            ("https://", None),
            ("https://a b", None),
            ("https://a/b", None),
            ("https://a?b", None),
            ("https://user@a", None),
            ("https://a:0", None),
            ("https://a:x", None),
            ("https://a\"><script>", None),
        ] {
            assert_eq!(check_address(given).ok().as_deref(), kept, "{given}");
        }
    }
}
