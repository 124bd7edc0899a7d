//! What somebody wants to hear of, and unsubscribing: behind a signed link, with one click where a
//! mail program asks (RFC 8058).

use axum::body::to_bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_credential::link::LinkPurpose;
use gatehouse_domain::id::GuestId;
use gatehouse_domain::preferences::{Preferences, ReminderWish};
use minijinja::value::Serde;

use super::form::{Fields, Sent};
use super::limits::{Counted, Whose};
use super::page::Choice;
use super::visitor::Visitor;
use super::words::{Words, words_for};
use super::{Answered, Turned, answer_visitor, show as show_page};
use crate::routes::door::{At, Door};

/// Bytes of what a mail program sends at most.
const LARGEST_CLICK: usize = 4_096;

/// The person behind a link.
struct Person {
    email: String,
    language: String,
    organizer: String,
}

fn person(door: &Door, text: &str, what: Counted) -> Result<Person, Turned> {
    let now = door.workspace.surroundings().now();
    let link = door.read_link(text)?;
    if link.purpose != LinkPurpose::Preferences {
        return Err(Turned::Altered);
    }
    let whose = Whose::Code(link.id.to_string());
    let limits = &door.guests.limits;
    limits.count(what, whose, now).map_err(Turned::Wait)?;
    let home = door.event_of(link.id)?;
    let (event, guest) = home
        .file()
        .read(|view| Ok::<_, Turned>((view.event()?, view.guest(GuestId(link.id))?)))?;
    let guest = guest.ok_or(Turned::Over)?;
    if guest.values.email.is_empty() {
        return Err(Turned::Over);
    }
    Ok(Person {
        email: guest.values.email.to_string(),
        language: match &*guest.values.language {
            "" => event.language,
            own => own.to_owned(),
        },
        organizer: event.organizer,
    })
}

/// An address that whoever owns it knows again, and nobody else reads.
fn masked(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((name, host)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}…@{host}")
        }
        None => "…".to_owned(),
    }
}

fn page(
    door: &Door,
    words: &Words,
    text: &str,
    person: &Person,
    wishes: Preferences,
    saved: Option<&str>,
) -> Answered {
    let place = format!("/p/{text}");
    let shown = minijinja::context! {
        here => &place,
        page => &place,
        email => masked(&person.email),
        wishes => Serde(wishes),
        reminders => Serde([
            Choice::new(ReminderWish::All.word(), words.text("reminders_all")),
            Choice::new(ReminderWish::OneHour.word(), words.text("reminders_one")),
        ]),
        saved => Serde(saved.map(|key| words.text(key))),
    };
    let page = show_page(door, "preferences.html", words, &person.organizer, shown)?;
    Ok(page.into_response())
}

fn words_of(visitor: &Visitor, person: &Person) -> &'static Words {
    let chosen = visitor.chosen.as_deref().unwrap_or_default();
    words_for(&[chosen, &person.language])
}

/// The page.
pub(super) async fn show(State(door): At, visitor: Visitor, Path(text): Path<String>) -> Response {
    answer_visitor(door, visitor, move |door, visitor| {
        let person = person(door, &text, Counted::Look)?;
        let wishes = door.workspace.preferences(&person.email)?;
        page(
            door,
            words_of(visitor, &person),
            &text,
            &person,
            wishes,
            None,
        )
    })
    .await
}

/// Keeps what was chosen.
pub(super) async fn choose(
    State(door): At,
    visitor: Visitor,
    Path(text): Path<String>,
    request: Request,
) -> Response {
    let fields = fields_of(request).await;
    answer_visitor(door, visitor, move |door, visitor| {
        let person = person(door, &text, Counted::Answer)?;
        let fields = fields?;
        let words = words_of(visitor, &person);
        let now = door.workspace.surroundings().now();
        if fields.value("List-Unsubscribe") == "One-Click" {
            door.workspace
                .set_preferences(&person.email, Preferences::unsubscribed(now))?;
            return Ok((StatusCode::OK, words.text("unsubscribed")).into_response());
        }
        let (wishes, saved) = match fields.value("do") {
            "unsubscribe" => (Preferences::unsubscribed(now), "unsubscribed"),
            "save" => (chosen(&fields, now), "saved"),
            _ => return Err(Turned::Unread),
        };
        door.workspace.set_preferences(&person.email, wishes)?;
        page(door, words, &text, &person, wishes, Some(saved))
    })
    .await
}

/// A form as a browser sends it, or what a mail program says in one click, which may come in parts.
async fn fields_of(request: Request) -> Result<Fields, Turned> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let in_parts = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !in_parts {
        return Fields::of(
            Sent::from_request(request, &())
                .await
                .unwrap_or_else(|e| match e {}),
        );
    }
    let body = to_bytes(request.into_body(), LARGEST_CLICK).await;
    let body = body.map_err(|_| Turned::Unread)?;
    let says = |word: &[u8]| body.windows(word.len()).any(|part| part == word);
    match says(b"name=\"List-Unsubscribe\"") && says(b"One-Click") {
        true => Ok(Fields::one_click()),
        false => Err(Turned::Unread),
    }
}

fn chosen(fields: &Fields, now: i64) -> Preferences {
    Preferences {
        reminders: fields
            .value("reminders")
            .parse()
            .unwrap_or(ReminderWish::All),
        reviews: fields.value("reviews") == "yes",
        marketing: fields.value("marketing") == "yes",
        unsubscribed_at: None,
    }
    .chosen(now)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_known_again_and_not_read() {
        for (email, shown) in [
            ("zoe@example.org", "z…@example.org"),
            ("žofie@example.org", "ž…@example.org"),
            ("a@b", "a…@b"),
            ("nothing", "…"),
        ] {
            assert_eq!(masked(email), shown);
        }
    }
}
