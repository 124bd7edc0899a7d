//! Forms of guests' pages as browsers send them.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use gatehouse_domain::answer::{Asked, MemberReply, PartyReply};

use super::Turned;
use super::page::field_of;
use crate::answers::{GivenReply, Standing};

/// Fields of a form at most: fifty people with everything that can be asked.
const MOST_FIELDS: usize = 2_000;

/// A form's fields as they came.
pub(super) type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// The fields of a form.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of(sent: Sent) -> Result<Self, Turned> {
        match sent {
            Ok(Form(fields)) if fields.len() <= MOST_FIELDS => Ok(Self(fields)),
            _ => Err(Turned::Unread),
        }
    }

    /// Those alone that a mail program sends to unsubscribe.
    pub(super) fn one_click() -> Self {
        Self(vec![(
            "List-Unsubscribe".to_owned(),
            "One-Click".to_owned(),
        )])
    }

    /// A field's value; blank where it was not sent. The last of several counts, as the button that
    /// was pressed comes last.
    pub(super) fn value(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().rev().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// What the form answers to an invitation.
    pub(super) fn reply(&self, stands: &Standing) -> GivenReply {
        let settings = &stands.event.settings.answers;
        let all = coming(self.value("all"));
        let answers = |field: &str, asked| {
            settings
                .questions_for(asked)
                .filter_map(|question| {
                    let said = self.find(&format!("{field}.q{}", question.id))?;
                    (!said.is_empty()).then(|| (question.id, said.to_owned()))
                })
                .collect()
        };
        let members = stands.members.iter().filter_map(|member| {
            let field = field_of(member);
            let seen = self.find(&format!("{field}.seen"))?;
            let name = self.value(&format!("{field}.name")).to_owned();
            let reply = MemberReply {
                coming: all.or_else(|| coming(self.value(&format!("{field}.coming")))),
                name: member.reply.name.is_some().then_some(name),
                dietary: self.value(&format!("{field}.dietary")).to_owned(),
                answers: answers(&field, Asked::Person),
            };
            Some((member.row.member.id, seen.to_owned(), reply))
        });
        GivenReply {
            members: members.collect(),
            party_seen: self.value("p.seen").to_owned(),
            party: PartyReply {
                answers: answers("p", Asked::Party),
                message: self.value("p.message").to_owned(),
            },
            confirms: self.value("confirms") == "yes",
        }
    }
}

fn coming(said: &str) -> Option<bool> {
    match said {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
