//! Messages to guests: how the workspace sends, what messages say, whom they go to, how they leave
//! and what comes back.

mod apart;
mod book;
pub mod compose;
pub mod deliver;
mod host_letter;
pub mod inbox;
mod languages;
mod line;
pub mod mailings;
pub mod outbox;
pub mod overview;
mod party;
pub mod reminders;
pub mod templates;
mod timely;
mod vars;
pub mod way;

use gatehouse_domain::account::Action;
use gatehouse_domain::mail::{MailSecrets, MailSettings};
use gatehouse_store::workspace::MailRow;
use serde::Serialize;

use crate::accounts::Signed;
use crate::problem::Problem;
use crate::version::check_seen;
use crate::workspace::Workspace;

/// What the secrets of mail are sealed for.
const SECRETS_PURPOSE: &str = "mail secrets";

/// How the workspace sends, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MailView {
    /// What was set.
    pub settings: MailSettings,
    /// Names of the secrets that are kept; their values are never shown.
    pub secrets: Vec<&'static str>,
}

impl Workspace {
    /// How the workspace sends.
    pub fn mail(&self) -> Result<MailView, Problem> {
        let row = self.file().mail()?;
        Ok(MailView {
            secrets: self.open_secrets(&row)?.set(),
            settings: row.settings,
        })
    }

    /// Changes how the workspace sends; secrets that are not given stay, blank ones go. Refused
    /// where somebody changed it since `seen`.
    pub fn set_mail(
        &self,
        by: &Signed,
        settings: MailSettings,
        secrets: MailSecrets,
        seen: Option<&str>,
    ) -> Result<MailView, Problem> {
        by.check(Action::ManageWorkspace)?;
        let settings = settings.checked()?;
        let edit = self.workspace_edit(Some(by), "change mail", "mail");
        self.file().change_mail(&edit, |row| {
            check_seen(seen, &row.settings)?;
            let secrets = self.open_secrets(row)?.with(secrets);
            row.sealed = self.seal_secrets(&secrets)?;
            row.settings = settings;
            Ok::<_, Problem>(())
        })?;
        self.mail()
    }

    /// The settings with their secrets, for whoever sends.
    pub(crate) fn mail_with_secrets(&self) -> Result<(MailSettings, MailSecrets), Problem> {
        let row = self.file().mail()?;
        let secrets = self.open_secrets(&row)?;
        Ok((row.settings, secrets))
    }

    /// Keeps the token that renews tokens, once the provider gave another.
    pub(crate) fn keep_refresh_token(&self, token: &str) -> Result<(), Problem> {
        let edit = self.workspace_edit(None, "renew token", "mail");
        self.file().change_mail(&edit, |row| {
            let secrets = MailSecrets {
                refresh_token: Some(token.to_owned()),
                ..self.open_secrets(row)?
            };
            row.sealed = self.seal_secrets(&secrets)?;
            Ok::<_, Problem>(())
        })?;
        Ok(())
    }

    fn seal_secrets(&self, secrets: &MailSecrets) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(secrets)
            .map_err(|e| Problem::new("settings_unwritable", e.to_string()))?;
        Ok(self.vault().seal(SECRETS_PURPOSE, &plain))
    }

    fn open_secrets(&self, row: &MailRow) -> Result<MailSecrets, Problem> {
        if row.sealed.is_empty() {
            return Ok(MailSecrets::default());
        }
        let plain = self
            .vault()
            .open(SECRETS_PURPOSE, &row.sealed)
            .map_err(|_| {
                Problem::new(
                    "mail_secrets_shut",
                    "the passwords for mail can't be opened on this machine; give them again in \
                     the settings",
                )
            })?;
        serde_json::from_slice(&plain).map_err(|e| Problem::new("mail_secrets_shut", e.to_string()))
    }
}
