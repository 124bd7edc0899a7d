//! What messages say: the usual wording, and the organizer's own in its place.

use gatehouse_domain::delivery::MessageKind;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_mail::template::{Severity, Source};
use gatehouse_mail::{Finding, Template, TemplateError, gallery};
use gatehouse_store::Lane;
use gatehouse_store::event::TemplateText;
use serde::{Deserialize, Serialize};

use crate::home::EventHome;
use crate::problem::Problem;

/// The wording of one kind of message in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Subject line, a template.
    pub subject: String,
    /// The page: MJML, a template.
    pub mjml: String,
    /// The same as plain text, a template.
    pub text: String,
}

/// A wording and whether it is the organizer's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WordingView {
    /// What it is about.
    pub kind: MessageKind,
    /// BCP 47 language.
    pub language: String,
    /// When the organizer wrote it, UTC ms; none for the usual one.
    pub changed_at: Option<i64>,
    /// What it says.
    #[serde(flatten)]
    pub wording: Wording,
}

/// Something about a wording that the organizer should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WordingFinding {
    /// Stable code, such as `unknown_variable`.
    pub code: &'static str,
    /// Where it is: `subject`, `mjml` or `text`.
    pub part: &'static str,
    /// On which line, from 1; 0 where it is the whole part's.
    pub line: usize,
    /// What it is about: the variable, the link, the size.
    pub detail: String,
    /// Whether nothing can be sent with it.
    pub blocks: bool,
}

/// Code of a message whose wording says what can't be sent.
pub(crate) const UNFIT: &str = "wording_unfit";

/// The longest part of a wording, in bytes.
const LONGEST: usize = 256 * 1024;

impl Wording {
    /// The wording ready to be filled in.
    pub(crate) fn compile(&self) -> Result<Template, Problem> {
        Template::compile(Source {
            subject: self.subject.clone(),
            mjml: self.mjml.clone(),
            text: self.text.clone(),
        })
        .map_err(template_problem)
    }

    /// Refuses a wording that says what can't be sent.
    pub(crate) fn check_fit(&self) -> Result<(), Problem> {
        match self.findings()?.into_iter().find(|found| found.blocks) {
            None => Ok(()),
            Some(found) => Err(Problem::new(
                UNFIT,
                format!(
                    "the wording says what can't be sent ({} in {}, line {}: {}); nothing was sent",
                    found.code, found.part, found.line, found.detail
                ),
            )),
        }
    }

    /// What should be looked at before it is sent.
    pub(crate) fn findings(&self) -> Result<Vec<WordingFinding>, Problem> {
        let found = self.compile()?.findings(&gallery::sample_vars());
        Ok(found.into_iter().map(finding).collect())
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(crate) fn template_problem(error: TemplateError) -> Problem {
    Problem::new(error.code, error.to_string())
}

fn finding(found: Finding) -> WordingFinding {
    WordingFinding {
        code: found.code,
        blocks: found.severity == Severity::Error,
        part: found.part.name(),
        line: found.line,
        detail: found.detail,
    }
}

/// The usual wording.
fn usual(kind: MessageKind, language: &str) -> Wording {
    let source = gallery::source(kind, language);
    Wording {
        subject: source.subject,
        mjml: source.mjml,
        text: source.text,
    }
}

impl EventHome {
    /// Every kind of message in a language, as it would be sent.
    pub fn wordings(&self, language: &str) -> Result<Vec<WordingView>, Problem> {
        MessageKind::ALL
            .iter()
            .map(|kind| self.wording(*kind, language))
            .collect()
    }

    /// One kind of message as it would be sent in a language: the organizer's own wording, else the
    /// usual one.
    pub fn wording(&self, kind: MessageKind, language: &str) -> Result<WordingView, Problem> {
        let own = self
            .file()
            .read(|view| view.message_template(kind, language))?;
        Ok(match own {
            Some(own) => WordingView {
                kind,
                language: own.language,
                changed_at: Some(own.changed_at),
                wording: Wording {
                    subject: own.subject,
                    mjml: own.mjml,
                    text: own.text,
                },
            },
            None => WordingView {
                kind,
                language: language.to_owned(),
                changed_at: None,
                wording: usual(kind, language),
            },
        })
    }

    /// Keeps the organizer's own wording, and lets messages go that waited for a better one; one
    /// that can't be filled in is refused.
    pub fn set_wording(
        &self,
        kind: MessageKind,
        language: &str,
        wording: &Wording,
    ) -> Result<WordingView, Problem> {
        let mut errors = Vec::new();
        for (field, text) in [
            ("subject", &wording.subject),
            ("mjml", &wording.mjml),
            ("text", &wording.text),
        ] {
            if text.len() > LONGEST {
                errors.push(FieldError::new(
                    field,
                    "text_too_long",
                    "give 256 KB at most; pictures belong into files, not into the wording",
                ));
            }
        }
        FieldErrors::check(errors)?;
        check_language(language)?;
        wording.compile()?;
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change wording", Some(kind.word().to_owned()));
        let row = TemplateText {
            kind,
            language: language.to_owned(),
            subject: wording.subject.clone(),
            mjml: wording.mjml.clone(),
            text: wording.text.clone(),
            changed_at: at,
        };
        self.file().edit(Lane::Edit, meta, move |change| {
            change.set_message_template(&row)?;
            Ok::<_, Problem>(change.let_go(kind, UNFIT, at)?)
        })?;
        self.wording(kind, language)
    }

    /// Goes back to the usual wording.
    pub fn reset_wording(&self, kind: MessageKind, language: &str) -> Result<WordingView, Problem> {
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "reset wording", Some(kind.word().to_owned()));
        let (which, at) = (language.to_owned(), self.now());
        self.file().edit(Lane::Edit, meta, move |change| {
            change.remove_message_template(kind, &which)?;
            Ok::<_, Problem>(change.let_go(kind, UNFIT, at)?)
        })?;
        self.wording(kind, language)
    }
}

fn check_language(language: &str) -> Result<(), Problem> {
    let known = (2..=35).contains(&language.len())
        && language
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-');
    if known {
        return Ok(());
    }
    Err(FieldErrors(vec![FieldError::new(
        "language",
        "language_unreadable",
        "give a language such as en or pt-BR",
    )])
    .into())
}
