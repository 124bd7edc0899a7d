//! News and requests of the organizer's, held back so that they keep a day apart for each person.

use gatehouse_domain::delivery::marketing::{Leave, TOO_SOON, UNWANTED};
use gatehouse_store::Lane;

use super::{Made, Outbox, Round};
use crate::home::EventHome;
use crate::mail::apart::Apart;
use crate::mail::compose::Composer;
use crate::problem::Problem;

impl Outbox {
    /// Those of these messages that may leave now; the others are put off, or become what nobody
    /// wants.
    pub(super) fn keep_apart(
        &self,
        home: &EventHome,
        homes: &[EventHome],
        composer: &Composer,
        mut ready: Vec<Made>,
        round: &mut Round,
    ) -> Result<Vec<Made>, Problem> {
        let now = self.now();
        if !ready.iter().any(|(one, _)| one.kind.is_marketing()) {
            return Ok(ready);
        }
        let known = self.stand().apart.take();
        let mut apart = match known {
            Some(apart) => apart,
            None => Apart::read(&self.workspace, homes, now)?,
        };
        let mut later = Vec::new();
        for (delivery, made) in &mut ready {
            let Ok(letter) = made else { continue };
            match apart.ask(
                delivery.kind,
                composer.is_needed(delivery),
                &letter.recipient(),
                now,
            ) {
                Leave::Now => {}
                Leave::Later(at) => later.push((delivery.id, at)),
                Leave::Never => {
                    *made = Err(Problem::new(
                        UNWANTED,
                        "whoever has this address wants no such messages",
                    ));
                }
            }
        }
        self.stand().apart = Some(apart);
        if later.is_empty() {
            return Ok(ready);
        }
        round.held += later.len();
        ready.retain(|(delivery, _)| later.iter().all(|(id, _)| *id != delivery.id));
        home.file().append(Lane::Bulk, move |change| {
            for (id, at) in later {
                change.put_off(id, at, TOO_SOON)?;
            }
            Ok::<_, Problem>(())
        })?;
        Ok(ready)
    }
}
