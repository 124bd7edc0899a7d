//! What guests are asked, until when they may answer, and which of two answers stands.
//!
//! [`check`] says what counts as an answer; [`settle`] whether one may take the place of what was
//! answered meanwhile.

mod check;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::FieldError;
use crate::words::words;

pub use check::{Checked, MISSING, check};

words! {
    /// How a question is answered.
    QuestionKind("question kind") {
        /// In one line.
        Short = "short",
        /// In several lines.
        Long = "long",
        /// By one of several choices.
        Choice = "choice",
        /// With yes or no.
        YesNo = "yes_no",
    }
}

words! {
    /// Who answers a question.
    Asked("who is asked") {
        /// Each person who comes.
        Person = "person",
        /// The party, once.
        Party = "party",
    }
}

/// A question of the organizer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What tells it from the event's other questions, for ever: a removed one's is not used again.
    pub id: u16,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, in 1 to 200 characters.
    pub text: String,
    /// Whether those who come have to answer it.
    pub required: bool,
    /// Who answers it.
    pub asked: Asked,
    /// What to choose from; for a choice alone.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// What an event asks its guests, and what their page offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerSettings {
    /// Until when they may answer, UTC ms; none until the event is over.
    pub deadline: Option<i64>,
    /// Whether those who come are asked what they eat.
    pub dietary: bool,
    /// What else they are asked, in this order.
    pub questions: Vec<Question>,
    /// Whether they may name those whom they bring.
    pub name_plus_ones: bool,
    /// Whether they may write to the host.
    pub message: bool,
    /// Whether they may fetch their tickets.
    pub share_tickets: bool,
    /// Whether it is noted when a message is opened.
    pub track_opens: bool,
}

impl Default for AnswerSettings {
    fn default() -> Self {
        Self {
            deadline: None,
            dietary: false,
            questions: Vec::new(),
            name_plus_ones: true,
            message: true,
            share_tickets: true,
            track_opens: false,
        }
    }
}

/// Questions of one event at most.
const MOST_QUESTIONS: usize = 20;
/// Choices of one question at most.
const MOST_CHOICES: usize = 30;
/// The longest question or choice, in characters.
const LONGEST_QUESTION: usize = 200;

/// Why no answer is taken any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The event was called off.
    Cancelled,
    /// The event is over.
    Over,
    /// Its time to answer is over, since this UTC ms.
    Deadline(i64),
}

impl AnswerSettings {
    /// Why no answer is taken at `now` (UTC ms) any more, of an event whose last session ends at
    /// `ends_at`; none while one is.
    #[must_use]
    pub fn closed(&self, cancelled: bool, ends_at: i64, now: i64) -> Option<Closed> {
        if cancelled {
            return Some(Closed::Cancelled);
        }
        if now >= ends_at {
            return Some(Closed::Over);
        }
        self.deadline
            .filter(|deadline| now >= *deadline)
            .map(Closed::Deadline)
    }

    /// Whether those who are expected may say at `now` (UTC ms) that they still come, or can't any
    /// more, of an event whose last session begins at `begins_at`: past the deadline too, because
    /// they are asked again a few days before.
    #[must_use]
    pub const fn confirms(cancelled: bool, begins_at: i64, now: i64) -> bool {
        !cancelled && now < begins_at
    }

    /// The questions that somebody answers, in their order.
    pub fn questions_for(&self, asked: Asked) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(move |q| q.asked == asked)
    }

    /// Adds what is wrong with them.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if self.questions.len() > MOST_QUESTIONS {
            errors.push(FieldError::new(
                "questions",
                "questions_too_many",
                format!("ask {MOST_QUESTIONS} questions at most"),
            ));
        }
        for (n, question) in self.questions.iter().enumerate() {
            let mut wrong = |part: &str, code, message: String| {
                errors.push(FieldError::new(
                    format!("questions.{n}.{part}"),
                    code,
                    message,
                ));
            };
            if self.questions[..n].iter().any(|q| q.id == question.id) {
                wrong(
                    "id",
                    "question_twice",
                    "give each question an id of its own".into(),
                );
            }
            if !is_line(&question.text) {
                wrong(
                    "text",
                    "question_length",
                    format!("ask in 1 to {LONGEST_QUESTION} characters on one line"),
                );
            }
            let choices = &question.choices;
            let several = (2..=MOST_CHOICES).contains(&choices.len());
            match question.kind {
                QuestionKind::Choice if !several => wrong(
                    "choices",
                    "choices_count",
                    format!("give 2 to {MOST_CHOICES} choices"),
                ),
                QuestionKind::Choice => {
                    for (at, choice) in choices.iter().enumerate() {
                        if !is_line(choice) || choices[..at].contains(choice) {
                            wrong(
                                &format!("choices.{at}"),
                                "choice_invalid",
                                format!(
                                    "give each choice 1 to {LONGEST_QUESTION} characters of its own"
                                ),
                            );
                        }
                    }
                }
                _ if !choices.is_empty() => wrong(
                    "choices",
                    "choices_unused",
                    "only a choice has choices; leave them out".into(),
                ),
                _ => {}
            }
        }
    }
}

/// Whether a text is one line as it is kept, neither blank nor too long.
fn is_line(text: &str) -> bool {
    let clean = crate::import::clean_text(text);
    clean.is_ok_and(|clean| clean == text) && (1..=LONGEST_QUESTION).contains(&text.chars().count())
}

/// What one party member answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberReply {
    /// Whether they come; none while they have not said.
    pub coming: Option<bool>,
    /// The name of one who is brought along; none for whoever was invited by name.
    pub name: Option<String>,
    /// What they eat or must not, blank where nothing was said.
    pub dietary: String,
    /// Answers by question, those that are not blank, in the questions' order.
    pub answers: Vec<(u16, String)>,
}

/// What a party answers as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyReply {
    /// Answers by question, those that are not blank, in the questions' order.
    pub answers: Vec<(u16, String)>,
    /// Their word to the host.
    pub message: String,
}

/// What a guest's form says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Of each member, in the party's order.
    pub members: Vec<MemberReply>,
    /// Of the party.
    pub party: PartyReply,
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// What stands stays: the answer says nothing new.
    Stays,
    /// The answer takes its place.
    Taken,
    /// Somebody else answered meanwhile, differently: whoever answers is told first.
    Clashes,
}

/// Settles an answer of version `given` by somebody who saw `seen`, where `stands` stands now.
///
/// Versions are equal exactly where the answers are. A part of a form that was left as it was
/// seen overwrites nothing, so that two of a family who each answer for themselves both count.
#[must_use]
pub fn settle(seen: &str, given: &str, stands: &str) -> Settled {
    if given == seen || given == stands {
        Settled::Stays
    } else if seen == stands {
        Settled::Taken
    } else {
        Settled::Clashes
    }
}

#[cfg(test)]
mod tests;
