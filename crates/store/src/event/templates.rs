//! The organizer's own wording of messages.

use gatehouse_domain::delivery::MessageKind;
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// The wording of one kind of message in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    /// What it is about.
    pub kind: MessageKind,
    /// BCP 47 language.
    pub language: String,
    /// Subject line.
    pub subject: String,
    /// Page, MJML.
    pub mjml: String,
    /// The same as plain text.
    pub text: String,
    /// When it was written, UTC ms.
    pub changed_at: i64,
}

impl View<'_> {
    /// Every own wording.
    pub fn message_templates(&self) -> Result<Vec<TemplateText>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT kind, language, subject, mjml, text, changed_at FROM message_templates
             ORDER BY kind, language",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(TemplateText {
                kind: row::word(r, 0)?,
                language: r.get(1)?,
                subject: r.get(2)?,
                mjml: r.get(3)?,
                text: r.get(4)?,
                changed_at: r.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The own wording of a kind in a language.
    pub fn message_template(
        &self,
        kind: MessageKind,
        language: &str,
    ) -> Result<Option<TemplateText>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT subject, mjml, text, changed_at FROM message_templates
                 WHERE kind = ?1 AND language = ?2",
            )?
            .query_row(params![kind.word(), language], |r| {
                Ok(TemplateText {
                    kind,
                    language: language.to_owned(),
                    subject: r.get(0)?,
                    mjml: r.get(1)?,
                    text: r.get(2)?,
                    changed_at: r.get(3)?,
                })
            })
            .optional()?)
    }
}

impl Change<'_> {
    /// Keeps an own wording in place of the one before.
    pub fn set_message_template(&self, template: &TemplateText) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO message_templates (kind, language, subject, mjml, text, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (kind, language) DO UPDATE SET subject = excluded.subject,
                   mjml = excluded.mjml, text = excluded.text, changed_at = excluded.changed_at",
            )?
            .execute(params![
                template.kind.word(),
                template.language,
                template.subject,
                template.mjml,
                template.text,
                template.changed_at,
            ])?;
        Ok(())
    }

    /// Goes back to the usual wording.
    pub fn remove_message_template(
        &self,
        kind: MessageKind,
        language: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM message_templates WHERE kind = ?1 AND language = ?2")?
            .execute(params![kind.word(), language])?;
        Ok(())
    }
}
