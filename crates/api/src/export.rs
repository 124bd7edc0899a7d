//! The report: every ticket with its holder, its life line and its gate, as CSV or XLSX.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use gatehouse_domain::answer::{AnswerSettings, Asked, PartyReply};
use gatehouse_domain::id::{InvitationId, MemberId};
use gatehouse_sheet::{write_csv, write_xlsx};
use gatehouse_store::event::{AnsweredBy, TicketRow, View};

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

/// What guests answered, column by column, where anything was asked.
struct Answers {
    settings: AnswerSettings,
    members: HashMap<MemberId, AnsweredBy>,
    parties: HashMap<InvitationId, PartyReply>,
}

impl Answers {
    fn read(view: &View<'_>) -> Result<Self, Problem> {
        Ok(Self {
            settings: view.event()?.settings.answers,
            members: view.all_member_answers()?,
            parties: view.all_party_answers()?,
        })
    }

    /// The headers of its columns: food and the host's messages where somebody said something, and
    /// each question.
    fn header(&self) -> Vec<String> {
        let fixed = [(self.says_food(), "Food"), (self.says_more(), "Message")];
        fixed
            .iter()
            .filter(|(shown, _)| *shown)
            .map(|(_, header)| (*header).to_owned())
            .chain(self.settings.questions.iter().map(|q| q.text.clone()))
            .collect()
    }

    fn says_food(&self) -> bool {
        self.settings.dietary || self.members.values().any(|said| !said.dietary.is_empty())
    }

    fn says_more(&self) -> bool {
        self.parties.values().any(|said| !said.message.is_empty())
    }

    fn cells(&self, row: &TicketRow) -> Vec<String> {
        let said = self.members.get(&row.member);
        let party = self.parties.get(&row.invitation_id);
        let mut cells = Vec::new();
        if self.says_food() {
            cells.push(said.map(|said| said.dietary.clone()).unwrap_or_default());
        }
        if self.says_more() {
            cells.push(party.map(|party| party.message.clone()).unwrap_or_default());
        }
        for question in &self.settings.questions {
            let answers = match question.asked {
                Asked::Person => said.map(|said| &said.answers),
                Asked::Party => party.map(|party| &party.answers),
            };
            let answer = answers
                .into_iter()
                .flatten()
                .find(|(id, _)| *id == question.id);
            cells.push(answer.map(|(_, said)| said.clone()).unwrap_or_default());
        }
        cells
    }
}

impl EventHome {
    /// Exports every ticket, voided ones included, with what its guest answered; times are in the
    /// event's zone. The file appears whole or not at all, and no cell becomes a formula.
    pub fn export(&self, format: ExportFormat, out: &Path) -> Result<ExportReport, Problem> {
        let (rows, answers) = self.file().read(|view| {
            Ok::<_, Problem>((view.ticket_rows(0, u32::MAX)?, Answers::read(view)?))
        })?;
        let header: Vec<String> = HEADER
            .iter()
            .map(|header| (*header).to_owned())
            .chain(answers.header())
            .collect();
        let zone = self.event().time_zone;
        let cells = rows.iter().map(|row| {
            let life = row
                .life_line
                .map(|at| at.map(|at| stamp(at, zone)).unwrap_or_default());
            let [created, rendered, emailed, downloaded, opened, checked_in] = life;
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let fixed = [
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
            ];
            fixed.into_iter().chain(answers.cells(row))
        });
        write_whole(out, |file| {
            let mut file = BufWriter::new(file);
            match format {
                ExportFormat::Csv => write_csv(&mut file, &header, cells)?,
                ExportFormat::Xlsx => write_xlsx(&mut file, "Tickets", &header, cells)?,
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
