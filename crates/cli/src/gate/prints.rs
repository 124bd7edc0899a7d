//! What a gate without a window prints for those who are let in. It goes on a thread of its own: no
//! guest waits for a printer.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use gatehouse_api::{Gate, Problem, Shown};
use gatehouse_domain::id::TicketId;
use gatehouse_machine::{Cups, Printer};

use crate::output::notice;

/// Badges that may wait for a printer; a queue of people longer than this means that it stands still.
const WAITING: usize = 200;
/// Says the person's own default printer.
const USUAL: &str = "";

/// Somebody who was let in.
struct Arrival {
    ticket: TicketId,
    number: u32,
}

/// A printer of this machine that prints what the event wants printed.
#[derive(Debug)]
pub(super) struct Prints {
    cups: Cups,
    printer: Printer,
}

/// Those for whom something is printed.
#[derive(Debug, Clone)]
pub(super) struct Arrivals(SyncSender<Arrival>);

/// Those for whom nothing was printed yet.
pub(super) struct Waiting(Receiver<Arrival>);

impl Prints {
    /// The printer of that name, or the person's own default where `name` is empty.
    ///
    /// # Errors
    /// `printers_none` without CUPS, `printer_unknown`.
    pub(super) fn on(name: &str) -> Result<Self, Problem> {
        let cups = Cups::here().ok_or_else(|| {
            Problem::new(
                "printers_none",
                "a gate without a window prints through CUPS, and this machine has none; install \
                 it, or open the gate’s window with --listen and print from there",
            )
        })?;
        let printers = cups.printers()?;
        let known = printers.iter().map(|printer| printer.name.as_str());
        let known = known.collect::<Vec<_>>().join(", ");
        let printer = printers.into_iter().find(|printer| match name {
            USUAL => printer.is_default,
            name => printer.name == name,
        });
        let printer = printer.ok_or_else(|| {
            let wanted = match name {
                USUAL => "no printer is this machine’s usual one".to_owned(),
                name => format!("this machine has no printer called “{name}”"),
            };
            let known = match known.as_str() {
                "" => "it has none at all".to_owned(),
                known => format!("it has: {known}"),
            };
            Problem::new(
                "printer_unknown",
                format!("{wanted}; {known}. Nobody was let in yet"),
            )
        })?;
        Ok(Self { cups, printer })
    }

    /// A queue before this printer.
    pub(super) fn queue() -> (Arrivals, Waiting) {
        let (come, waiting) = sync_channel(WAITING);
        (Arrivals(come), Waiting(waiting))
    }

    /// Prints for those who wait, one after the other, until nobody comes any more.
    pub(super) fn follow(&self, gate: &Gate, waiting: &Waiting) {
        while let Ok(arrival) = waiting.0.recv() {
            match self.print(gate, arrival.ticket) {
                Ok(()) => {
                    tracing::info!(ticket = %arrival.ticket, "a badge went to the printer");
                }
                Err(problem) => tell(arrival.number, &problem),
            }
        }
    }

    fn print(&self, gate: &Gate, ticket: TicketId) -> Result<(), Problem> {
        let badge = gate.badge(ticket)?;
        self.cups
            .print_page(&self.printer, badge.pdf)
            .map_err(|error| Problem::new("printing_failed", error.to_string()))
    }
}

impl Arrivals {
    /// Notes what was shown; whoever came in for the first time, and gets something, gets in line.
    pub(super) fn note(&self, shown: &Shown) {
        let (true, true, Some(ticket)) = (shown.badge, shown.first_time, shown.ticket) else {
            return;
        };
        let number = shown.number.unwrap_or_default();
        let arrival = Arrival { ticket, number };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = self.0.try_send(arrival)
        {
            let stuck = Problem::new(
                "printing_failed",
                format!("{WAITING} others wait for the printer already"),
            );
            tell(number, &stuck);
        }
    }
}

/// Says that somebody is in without a badge. Their number is enough to find them.
fn tell(number: u32, problem: &Problem) {
    notice(&format!(
        "#{number:04} was let in, but nothing was printed: {} [{}]. Look at the printer, then print \
         it from a gate’s window, under the last scans",
        problem.detail, problem.code
    ));
}
