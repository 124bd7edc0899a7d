//! The recovery kit: made at the office, printed for the safe, opened on another machine.

use gatehouse_credential::qr::QrCode;
use gatehouse_credential::recovery::{RecoveryCode, RecoveryKit};
use gatehouse_print::{Code, PrintOptions, recovery_page};

use crate::problem::Problem;
use crate::workspace::Workspace;

impl Workspace {
    /// Makes a recovery kit and its code; the code is shown once and kept nowhere.
    pub fn make_recovery_kit(&self) -> Result<(RecoveryKit, RecoveryCode), Problem> {
        let now = self.surroundings().now().div_euclid(1_000);
        Ok(RecoveryKit::create(
            self.id(),
            &self.root_key()?,
            self.vault(),
            now,
        ))
    }

    /// The kit as a page for the safe: its text, the same as a code, and room to write the recovery
    /// code by hand, which is not on it.
    pub fn print_recovery_page(&self, kit: &RecoveryKit) -> Result<Vec<u8>, Problem> {
        let text = kit.to_text();
        let code =
            QrCode::encode(&text).map_err(|e| Problem::new("code_too_long", e.to_string()))?;
        let mut lines: Vec<String> = vec![
            "Keep this page apart from the recovery code.".into(),
            "Recovery code: ____-____-____-____-____-____-____".into(),
            String::new(),
        ];
        lines.extend(text.lines().map(str::to_owned));
        let options = PrintOptions {
            created_ms: Some(self.surroundings().now()),
            ..PrintOptions::default()
        };
        let title = format!("Recovery kit: {}", self.name());
        let code = Code::new(code.modules() as u16, code.bits)?;
        Ok(recovery_page(&title, &lines, &code, &options)?)
    }
}
