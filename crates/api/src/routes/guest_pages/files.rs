//! What guests fetch: tickets behind a signed link, calendar files, pictures.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gatehouse_credential::link::{Link, LinkPurpose};
use gatehouse_domain::id::{DownloadId, InvitationId, TicketId};
use gatehouse_store::Lane;
use gatehouse_store::event::{DownloadRow, LookKind};
use serde_json::json;

use super::limits::{Counted, Whose};
use super::visitor::Visitor;
use super::{Turned, answer_visitor};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::routes::door::{At, Door};
use crate::routes::live::Tag;

/// A picture of one pixel that shows nothing (GIF89a).
const PIXEL: &[u8; 43] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\
                           \x01\0\x01\0\0\x02\x02D\x01\0;";

impl Door {
    /// What a link's text says, where this office wrote it and its time is not over.
    pub(super) fn read_link(&self, text: &str) -> Result<Link, Turned> {
        let link = self
            .workspace
            .link_key()?
            .read(text)
            .ok_or(Turned::Altered)?;
        if link.is_over(self.workspace.surroundings().now()) {
            return Err(Turned::Over);
        }
        Ok(link)
    }

    /// The invitation, and the one ticket where it is one, that a link fetches.
    fn fetched_by(
        &self,
        link: &Link,
    ) -> Result<(EventHome, InvitationId, Option<TicketId>), Turned> {
        let home = self.event_of(link.id)?.refreshed()?;
        if !home.event().settings.answers.share_tickets {
            return Err(Turned::NoTickets);
        }
        match link.purpose {
            LinkPurpose::Invitation => {
                let id = InvitationId(link.id);
                let version = home.file().read(|view| view.link_version(id))?;
                if version != link.version {
                    return Err(Turned::Replaced);
                }
                Ok((home, id, None))
            }
            LinkPurpose::Ticket => {
                let id = TicketId(link.id);
                let ticket = home.file().read(|view| view.ticket(id))?;
                let ticket = ticket.ok_or(Turned::NoTickets)?;
                if ticket.version != link.version {
                    return Err(Turned::Replaced);
                }
                Ok((home, ticket.invitation, Some(id)))
            }
            LinkPurpose::Preferences | LinkPurpose::Opened => Err(Turned::Altered),
        }
    }
}

/// The tickets behind a link as PDF; each download is kept.
pub(super) async fn download(
    State(door): At,
    visitor: Visitor,
    Path(text): Path<String>,
) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let now = door.workspace.surroundings().now();
        let link = door.read_link(&text)?;
        let limits = &door.guests.limits;
        let address = Whose::address(visitor.address);
        let count = |what, whose| limits.count(what, whose, now).map_err(Turned::Wait);
        count(Counted::Fetched, address)?;
        count(Counted::Download, Whose::Code(link.id.to_string()))?;
        let (home, invitation, ticket) = door.fetched_by(&link)?;
        let pdf = home.print_party(invitation, ticket)?;
        let number = home.invitation_number(invitation)?;
        if !visitor.head {
            keep_download(&home, invitation, ticket, visitor)?;
            tell_download(door, &home, invitation);
        }
        let headers = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{number}.pdf\""),
            ),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok((headers, pdf).into_response())
    })
    .await
}

fn keep_download(
    home: &EventHome,
    invitation: InvitationId,
    ticket: Option<TicketId>,
    visitor: &Visitor,
) -> Result<(), Problem> {
    let at = home.now();
    let download = DownloadRow {
        id: DownloadId(home.mint().mint(at)),
        at,
        invitation,
        ticket,
        address: visitor.address.to_string(),
        agent: visitor.agent.clone(),
    };
    home.file().append(Lane::Edit, move |change| {
        Ok::<_, Problem>(change.insert_download(&download)?)
    })
}

fn tell_download(door: &Door, home: &EventHome, invitation: InvitationId) {
    door.live.announce(
        home.id(),
        &[Tag::Tickets, Tag::Guests],
        &format!("invitations/{invitation}"),
        json!({
            "action": "tickets_downloaded",
            "event_id": home.id(),
            "invitation_id": invitation,
        }),
    );
}

/// The event as a calendar file.
pub(super) async fn calendar(
    State(door): At,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let opened = door.open_invitation(&code, Counted::Look)?;
        let text = opened.home.event_calendar()?;
        if !visitor.head {
            door.note_look(&opened.home, opened.id, LookKind::Calendar);
        }
        let headers = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"event.ics\"",
            ),
        ];
        Ok((headers, text).into_response())
    })
    .await
}

/// The event's first picture.
pub(super) async fn cover(State(door): At, visitor: Visitor, Path(code): Path<String>) -> Response {
    answer_visitor(door, visitor, move |door, _| {
        let opened = door.open_invitation(&code, Counted::Look)?;
        let first = opened.home.photos()?.into_iter().next();
        let first = first.ok_or(Turned::NoTickets)?;
        let (kind, bytes) = opened.home.photo(first.id)?;
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}

/// The picture that tells that a message was opened: always there, whatever the link says, and
/// noted only where the event wants it.
pub(super) async fn opened(
    State(door): At,
    visitor: Visitor,
    Path(picture): Path<String>,
) -> Response {
    let work = tokio::task::spawn_blocking(move || {
        let now = door.workspace.surroundings().now();
        let asked = Whose::address(visitor.address);
        if visitor.head
            || door
                .guests
                .limits
                .count(Counted::Asked, asked, now)
                .is_err()
        {
            return;
        }
        let text = picture.strip_suffix(".gif").unwrap_or(&picture);
        if let Err(Turned::Failed(problem)) = note_opened(&door, text) {
            tracing::warn!(code = problem.code, "an opened message was not noted");
        }
    });
    if let Err(error) = work.await {
        tracing::error!(%error, "noting an opened message broke off");
    }
    let headers = [
        (header::CONTENT_TYPE, "image/gif"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PIXEL.as_slice()).into_response()
}

fn note_opened(door: &Door, text: &str) -> Result<(), Turned> {
    let link = door.read_link(text)?;
    if link.purpose != LinkPurpose::Opened {
        return Err(Turned::Altered);
    }
    let id = InvitationId(link.id);
    let home = door.event_of(link.id)?;
    let (tracks, version) = home.file().read(|view| {
        let tracks = view.event()?.settings.answers.track_opens;
        Ok::<_, Problem>((tracks, view.link_version(id)?))
    })?;
    if tracks && version == link.version {
        door.note_look(&home, id, LookKind::Message);
    }
    Ok(())
}
