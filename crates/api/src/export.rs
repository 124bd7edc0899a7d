//! The report: every ticket with its holder, its life line and its gate, as CSV or XLSX.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use gatehouse_sheet::{write_csv, write_xlsx};
use gatehouse_store::event::TicketRow;

use crate::home::EventHome;
use crate::printing::write_whole;
use crate::problem::Problem;
use crate::wording::stamp;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values, UTF-8 with a byte order mark, so that spreadsheets read it right.
    Csv,
    /// A workbook.
    Xlsx,
}

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// Where it stands.
    pub path: PathBuf,
    /// Tickets in it.
    pub rows: usize,
}

const HEADER: [&str; 20] = [
    "Ticket",
    "Ticket ID",
    "Invitation",
    "Party",
    "Name",
    "E-mail",
    "Phone",
    "Company",
    "Title",
    "Ticket type",
    "Seat",
    "Status",
    "Answer",
    "Created",
    "Rendered",
    "Emailed",
    "Downloaded",
    "Opened",
    "Checked in",
    "Gate",
];

impl EventHome {
    /// Exports every ticket, voided ones included; times are in the event's zone. The file
    /// appears whole or not at all, and no cell becomes a formula.
    pub fn export(&self, format: ExportFormat, out: &Path) -> Result<ExportReport, Problem> {
        let rows = self.file().read(|view| view.ticket_rows(0, u32::MAX))?;
        let zone = self.event().time_zone;
        let cells = rows.iter().map(|row| {
            let life = row
                .life_line
                .map(|at| at.map(|at| stamp(at, zone)).unwrap_or_default());
            let [created, rendered, emailed, downloaded, opened, checked_in] = life;
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            [
                row.number.to_string(),
                row.id.to_string(),
                row.invitation.clone(),
                row.party.clone(),
                name(row),
                text(&row.email),
                text(&row.phone),
                text(&row.company),
                text(&row.title),
                row.ticket_type.clone(),
                text(&row.seat),
                row.status.word().to_owned(),
                row.member_status.word().to_owned(),
                created,
                rendered,
                emailed,
                downloaded,
                opened,
                checked_in,
                text(&row.gate),
            ]
        });
        write_whole(out, |file| {
            let mut file = BufWriter::new(file);
            match format {
                ExportFormat::Csv => write_csv(&mut file, &HEADER, cells)?,
                ExportFormat::Xlsx => write_xlsx(&mut file, "Tickets", &HEADER, cells)?,
            }
            file.flush()?;
            Ok(())
        })?;
        Ok(ExportReport {
            path: out.to_owned(),
            rows: rows.len(),
        })
    }
}

fn name(row: &TicketRow) -> String {
    if row.unnamed {
        format!("{} +1", row.name)
    } else {
        row.name.clone()
    }
}
