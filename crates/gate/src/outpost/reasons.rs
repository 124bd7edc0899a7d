//! Why somebody was let in here: the office gets it after the scans, which name nobody and no reason.

use gatehouse_api::Problem;
use gatehouse_store::Lane;

use super::Outpost;

/// The last place in this gate's chain whose reason the office has; each life has its own.
const TOLD: &str = "reasons_told";
/// Reasons in one request.
const MOST: u32 = 100;

impl Outpost {
    /// Sends the reasons that the office does not have; it has the scans. What fails is sent again
    /// next time.
    pub(super) fn send_reasons(&self) {
        if let Err(problem) = self.try_send_reasons() {
            tracing::warn!(
                code = problem.code,
                "the office does not know why somebody was let in"
            );
        }
    }

    fn try_send_reasons(&self) -> Result<(), Problem> {
        let device = self.now();
        let key = format!("{TOLD}_{}", device.incarnation);
        loop {
            let reasons = self.file.read(|view| {
                let told = view.kept(&key)?.and_then(|text| text.parse().ok());
                view.reasons_after(device.id, device.incarnation, told.unwrap_or(0), MOST)
            })?;
            let Some(last) = reasons.last().map(|reason| reason.sequence) else {
                return Ok(());
            };
            self.home.tell_reasons(&reasons)?;
            let key = key.clone();
            self.file.append(Lane::Edit, move |change| {
                Ok::<_, Problem>(change.keep(&key, &last.to_string())?)
            })?;
        }
    }
}
