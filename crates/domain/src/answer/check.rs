//! What counts as an answer.

use super::{AnswerSettings, Asked, MemberReply, PartyReply, Question, QuestionKind, Reply};
use crate::field::FieldError;
use crate::import::{clean_lines, clean_text};

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;
/// The longest answer in one line, in characters.
const LONGEST_LINE: usize = 200;
/// What is said about food, in characters at most.
const LONGEST_DIETARY: usize = 500;
/// The longest answer in several lines and the longest message, in characters.
const LONGEST_TEXT: usize = 2_000;

/// An answer as it would be kept, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// With texts cleaned, what nobody asked left out, and nothing but the no of those who do not
    /// come; a text that is refused is blank.
    pub reply: Reply,
    /// Everything that is wrong, by fields such as `members.0.answers.3`. [`MISSING`] is said of
    /// those who come alone.
    pub errors: Vec<FieldError>,
}

/// The code of a question that needs an answer and has none.
pub const MISSING: &str = "answer_missing";

/// Checks an answer against what was asked.
#[must_use]
pub fn check(settings: &AnswerSettings, given: &Reply) -> Checked {
    let mut errors = Vec::new();
    let members: Vec<MemberReply> = given
        .members
        .iter()
        .enumerate()
        .map(|(n, member)| check_member(settings, &format!("members.{n}"), member, &mut errors))
        .collect();
    let anybody = members.iter().any(|member| member.coming == Some(true));
    let answers = check_answers(
        settings,
        Asked::Party,
        anybody,
        "party",
        &given.party.answers,
        &mut errors,
    );
    let said = &given.party.message;
    let message = match settings.message {
        true => text("party.message", said, true, LONGEST_TEXT, &mut errors),
        false => String::new(),
    };
    Checked {
        reply: Reply {
            members,
            party: PartyReply { answers, message },
        },
        errors,
    }
}

fn check_member(
    settings: &AnswerSettings,
    field: &str,
    given: &MemberReply,
    errors: &mut Vec<FieldError>,
) -> MemberReply {
    let name = given.name.as_ref().map(|name| {
        let field = format!("{field}.name");
        text(&field, name, false, LONGEST_NAME, errors)
    });
    let comes = given.coming == Some(true);
    // What somebody who stays away would have eaten is nobody's business.
    if given.coming == Some(false) {
        return MemberReply {
            coming: given.coming,
            name,
            ..MemberReply::default()
        };
    }
    let dietary = match settings.dietary {
        true => text(
            &format!("{field}.dietary"),
            &given.dietary,
            false,
            LONGEST_DIETARY,
            errors,
        ),
        false => String::new(),
    };
    let answers = check_answers(
        settings,
        Asked::Person,
        comes,
        field,
        &given.answers,
        errors,
    );
    let said = !dietary.is_empty() || !answers.is_empty();
    if given.coming.is_none() && said {
        errors.push(FieldError::new(
            format!("{field}.coming"),
            "coming_missing",
            "say yes or no first",
        ));
    }
    MemberReply {
        coming: given.coming,
        name,
        dietary,
        answers,
    }
}

fn check_answers(
    settings: &AnswerSettings,
    asked: Asked,
    comes: bool,
    field: &str,
    given: &[(u16, String)],
    errors: &mut Vec<FieldError>,
) -> Vec<(u16, String)> {
    let mut kept = Vec::new();
    for question in settings.questions_for(asked) {
        let field = format!("{field}.answers.{}", question.id);
        let found = given.iter().find(|(id, _)| *id == question.id);
        let said = found.map_or("", |(_, said)| said.as_str());
        let answer = check_answer(question, &field, said, errors);
        if answer.is_empty() {
            if question.required && comes && said.trim().is_empty() {
                errors.push(FieldError::new(
                    field,
                    MISSING,
                    "this question needs an answer",
                ));
            }
        } else {
            kept.push((question.id, answer));
        }
    }
    kept
}

fn check_answer(
    question: &Question,
    field: &str,
    said: &str,
    errors: &mut Vec<FieldError>,
) -> String {
    let known = |choice: &str| match question.kind {
        QuestionKind::YesNo => ["yes", "no"].contains(&choice),
        _ => question.choices.iter().any(|known| known == choice),
    };
    match question.kind {
        QuestionKind::Short => text(field, said, false, LONGEST_LINE, errors),
        QuestionKind::Long => text(field, said, true, LONGEST_TEXT, errors),
        QuestionKind::Choice | QuestionKind::YesNo if said.is_empty() || known(said) => {
            said.to_owned()
        }
        QuestionKind::Choice | QuestionKind::YesNo => {
            errors.push(FieldError::new(
                field,
                "choice_unknown",
                "choose one of those offered",
            ));
            String::new()
        }
    }
}

fn text(
    field: &str,
    given: &str,
    lines: bool,
    most: usize,
    errors: &mut Vec<FieldError>,
) -> String {
    let clean = if lines {
        clean_lines(given)
    } else {
        clean_text(given)
    };
    match clean {
        Ok(clean) if clean.chars().count() <= most => clean.trim().to_owned(),
        Ok(_) => {
            errors.push(FieldError::new(
                field,
                "text_too_long",
                format!("shorten this to {most} characters"),
            ));
            String::new()
        }
        Err(_) => {
            errors.push(FieldError::new(
                field,
                "text_invalid",
                "leave out control characters",
            ));
            String::new()
        }
    }
}
