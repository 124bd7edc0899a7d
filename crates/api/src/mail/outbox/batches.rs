//! Batches of which nothing waits any more.

use gatehouse_domain::batch::BatchStatus;
use gatehouse_store::Lane;

use super::host;
use crate::home::EventHome;
use crate::problem::Problem;

/// Completes batches of which nothing waits any more, also where nothing of them could leave; the
/// host hears of those that left.
pub(super) fn close_batches(home: &EventHome) -> Result<(), Problem> {
    let (done, told) = home.file().read(|view| {
        let (mut done, mut told) = (Vec::new(), Vec::new());
        for batch in view.batches()? {
            if batch.status != BatchStatus::Sending {
                continue;
            }
            let counts = view.count_deliveries(batch.id)?;
            if counts.iter().any(|(status, _)| status.waits()) {
                continue;
            }
            done.push(batch.id);
            if !counts.is_empty() {
                told.push(batch.id);
            }
        }
        Ok::<_, Problem>((done, told))
    })?;
    if done.is_empty() {
        return Ok(());
    }
    home.file().append(Lane::Edit, move |change| {
        for id in done {
            change.set_batch_status(id, BatchStatus::Completed)?;
        }
        Ok::<_, Problem>(())
    })?;
    host::tell_batches(home, &told)
}
