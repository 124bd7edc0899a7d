//! Print files: sheets for the printer, one file for each invitation, the door list.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use gatehouse_credential::qr::QrCode;
use gatehouse_credential::token::Token;
use gatehouse_domain::event::{CodeForm, Event};
use gatehouse_domain::id::{InvitationId, TicketId, TicketTypeId, ZoneId};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_print::{
    Code, Colour, DoorRow, EventFace, Labels, Occasion, PrintOptions, PrintReport, Sheet,
    TicketFace, TicketPrinter, door_list,
};
use gatehouse_store::Lane;
use gatehouse_store::event::PrintRow;
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Progress;
use crate::wording;

/// What is printed, and on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintJob {
    /// The sheet.
    pub sheet: Sheet,
    /// Whether crop marks are drawn around single pages too.
    pub marks: bool,
    /// Number of the first ticket; from the beginning without one.
    pub first: Option<u32>,
    /// Number of the last ticket; to the end without one.
    pub last: Option<u32>,
}

impl PrintJob {
    /// All good tickets.
    #[must_use]
    pub fn all(sheet: Sheet, marks: bool) -> Self {
        Self {
            sheet,
            marks,
            first: None,
            last: None,
        }
    }

    fn is_of_some(&self) -> bool {
        self.first.is_some() || self.last.is_some()
    }

    fn takes(&self, number: u32) -> bool {
        self.first.is_none_or(|first| first <= number)
            && self.last.is_none_or(|last| number <= last)
    }
}

fn nothing_to_print(detail: &str) -> Problem {
    Problem::new("nothing_to_print", detail)
}

/// What a print file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintSummary {
    /// Where it stands.
    pub path: PathBuf,
    /// Tickets in it.
    pub tickets: usize,
    /// Pages in it.
    pub pages: usize,
    /// Its length in bytes.
    pub bytes: u64,
    /// Side of a code's module as printed, in millimetres; none without tickets.
    pub module_mm: Option<f32>,
    /// What to look at before printing, in words.
    pub warnings: Vec<String>,
}

/// What a bundle of single files holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleReport {
    /// Where the ZIP stands.
    pub path: PathBuf,
    /// Files in it, one for each invitation.
    pub files: usize,
    /// Tickets in those files.
    pub tickets: usize,
    /// Its length in bytes.
    pub bytes: u64,
}

/// One line of the bundle's manifest.
#[derive(Serialize)]
struct ManifestLine<'a> {
    file: &'a str,
    invitation: &'a str,
    label: &'a str,
    tickets: Vec<u32>,
    sha256: String,
}

/// Invitations whose files are made at a time.
const FILES_AHEAD: usize = 256;

/// What tickets of an event show, looked up once.
pub(crate) struct Faces {
    types: HashMap<TicketTypeId, (TicketType, Option<String>)>,
    /// When and where, for types that do not open the event's first session.
    occasions: HashMap<TicketTypeId, Occasion>,
    code_form: CodeForm,
}

impl EventHome {
    /// Prints good tickets on sheets into one file, which appears whole or not at all.
    pub fn print_tickets(
        &self,
        job: PrintJob,
        out: &Path,
        progress: &dyn Progress,
    ) -> Result<PrintSummary, Problem> {
        let faces = self.faces()?;
        let mut rows = self.print_rows()?;
        if job.is_of_some() {
            rows.retain(|row| job.takes(row.number));
            if rows.is_empty() {
                return Err(nothing_to_print(
                    "no good ticket has a number in this range",
                ));
            }
        }
        let printer = TicketPrinter::new(
            self.event_face()?,
            job.sheet,
            self.print_options(job.marks)?,
        );
        progress.begin("print", rows.len() as u64);
        let report = write_whole(out, |file| {
            let report = printer.write(
                rows.len(),
                |index| faces.face(&rows[index]),
                BufWriter::with_capacity(1 << 18, file),
                &mut |done| progress.reach(done as u64),
            )?;
            Ok(report)
        });
        progress.end();
        let report = report?;
        self.mark_rendered(&rows)?;
        let module_mm = rows
            .first()
            .map(|row| {
                faces
                    .face(row)
                    .map(|face| printer.module_mm(face.code.size()))
            })
            .transpose()?;
        Ok(summary(out, &report, module_mm))
    }

    /// Prints the first sheet of a job alone, and marks none as printed.
    pub(crate) fn print_first_page(&self, job: PrintJob) -> Result<Vec<u8>, Problem> {
        let faces = self.faces()?;
        let after = job.first.unwrap_or(1).saturating_sub(1);
        let mut rows = self
            .file()
            .read(|view| view.tickets_to_print(after, job.sheet.tickets() as u32))?;
        rows.retain(|row| job.takes(row.number));
        if rows.is_empty() {
            return Err(nothing_to_print(
                "this event has no good ticket of these yet; issue tickets first",
            ));
        }
        let printer = TicketPrinter::new(
            self.event_face()?,
            job.sheet,
            self.print_options(job.marks)?,
        );
        let mut pdf = Vec::new();
        printer.write(
            rows.len(),
            |index| faces.face(&rows[index]),
            &mut pdf,
            &mut |_| {},
        )?;
        Ok(pdf)
    }

    /// Prints one invitation's good tickets, a page each.
    pub fn print_invitation(&self, number: &str, sheet: Sheet) -> Result<Vec<u8>, Problem> {
        let faces = self.faces()?;
        let rows: Vec<PrintRow> = self
            .print_rows()?
            .into_iter()
            .filter(|row| row.invitation == number)
            .collect();
        if rows.is_empty() {
            return Err(Problem::new(
                "invitation_unknown",
                "no invitation of that number has a good ticket",
            ));
        }
        let printer = TicketPrinter::new(self.event_face()?, sheet, self.print_options(false)?);
        let tickets = rows
            .iter()
            .map(|row| faces.face(row))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(printer.single(&tickets)?.0)
    }

    /// Prints the good tickets of one invitation, a page each, or the one that is named; refused
    /// where there is none.
    pub(crate) fn print_party(
        &self,
        id: InvitationId,
        only: Option<TicketId>,
    ) -> Result<Vec<u8>, Problem> {
        let mut rows = self.file().read(|view| view.tickets_to_print_of(id))?;
        rows.retain(|row| only.is_none_or(|only| only == row.id));
        if rows.is_empty() {
            return Err(nothing_to_print("nobody of this invitation has a ticket"));
        }
        let faces = self.faces()?;
        let tickets = rows
            .iter()
            .map(|row| faces.face(row))
            .collect::<Result<Vec<_>, _>>()?;
        let printer = TicketPrinter::new(self.event_face()?, Sheet::A6, self.print_options(false)?);
        Ok(printer.single(&tickets)?.0)
    }

    /// Bundles one PDF for each invitation into a ZIP with a manifest (`manifest.json`).
    pub fn bundle_invitations(
        &self,
        out: &Path,
        progress: &dyn Progress,
    ) -> Result<BundleReport, Problem> {
        let faces = self.faces()?;
        let mut rows = self.print_rows()?;
        // A ticket issued in place of another has a number far from its party's.
        rows.sort_by(|a, b| {
            a.invitation
                .cmp(&b.invitation)
                .then(a.number.cmp(&b.number))
        });
        let parties: Vec<&[PrintRow]> =
            rows.chunk_by(|a, b| a.invitation == b.invitation).collect();
        let printer = TicketPrinter::new(self.event_face()?, Sheet::A6, self.print_options(false)?);
        progress.begin("bundle", parties.len() as u64);
        let bytes = write_whole(out, |file| {
            let mut zip = zip::ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
            // PDF streams are compressed already; storing them costs nothing and no time.
            let stored = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Stored)
                .last_modified_time(zip::DateTime::default());
            let mut manifest = Vec::with_capacity(parties.len());
            let mut done = 0;
            for piece in parties.chunks(FILES_AHEAD) {
                let files: Vec<Vec<u8>> = piece
                    .par_iter()
                    .map(|party| {
                        let tickets = party
                            .iter()
                            .map(|row| faces.face(row))
                            .collect::<Result<Vec<_>, _>>()?;
                        Ok(printer.single(&tickets)?.0)
                    })
                    .collect::<Result<_, Problem>>()?;
                for (party, pdf) in piece.iter().zip(files) {
                    let first = &party[0];
                    let name = format!("{}.pdf", first.invitation);
                    zip.start_file(&*name, stored).map_err(zip_problem)?;
                    zip.write_all(&pdf)?;
                    manifest.push(serde_json::to_value(ManifestLine {
                        file: &name,
                        invitation: &first.invitation,
                        label: &first.label,
                        tickets: party.iter().map(|row| row.number).collect(),
                        sha256: hex(&Sha256::digest(&pdf)),
                    }));
                }
                done += piece.len();
                progress.reach(done as u64);
            }
            let manifest = manifest
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
                .and_then(|lines| {
                    serde_json::to_vec_pretty(&serde_json::json!({
                        "event": self.event().title,
                        "files": lines,
                    }))
                })
                .map_err(|e| Problem::new("manifest_failed", e.to_string()))?;
            zip.start_file("manifest.json", stored)
                .map_err(zip_problem)?;
            zip.write_all(&manifest)?;
            let mut file = zip.finish().map_err(zip_problem)?;
            file.flush()?;
            Ok(file.stream_position()?)
        });
        progress.end();
        Ok(BundleReport {
            path: out.to_owned(),
            files: parties.len(),
            tickets: rows.len(),
            bytes: bytes?,
        })
    }

    /// Prints the paper door list: alphabetical, with number, type, seat and a box to tick.
    pub fn print_door_list(&self, sheet: Sheet, out: &Path) -> Result<PrintSummary, Problem> {
        let faces = self.faces()?;
        let mut rows: Vec<(String, DoorRow)> = self
            .print_rows()?
            .into_iter()
            .map(|row| {
                let kind = faces.types.get(&row.ticket_type).map(|(kind, _)| kind);
                let name = sorted_name(&holder(&row));
                let section = name.chars().next().map(|c| c.to_uppercase().to_string());
                let door_row = DoorRow {
                    section: section.unwrap_or_default(),
                    invitation: row.invitation,
                    number: format!("#{}", row.number),
                    type_name: kind.map(|k| k.name.clone()).unwrap_or_default(),
                    type_colour: Colour::new(kind.map_or(0, |k| k.colour)),
                    seat: row.seat.unwrap_or_default(),
                    name,
                };
                (gatehouse_domain::guest::sort_key(&door_row.name), door_row)
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.number.cmp(&b.1.number)));
        let rows: Vec<DoorRow> = rows
            .into_iter()
            .map(|(key, row)| DoorRow {
                section: key
                    .chars()
                    .next()
                    .map(|c| c.to_uppercase().to_string())
                    .unwrap_or(row.section),
                ..row
            })
            .collect();
        let (face, options) = (self.event_face()?, self.print_options(false)?);
        let report = write_whole(out, |file| {
            Ok(door_list(
                &face,
                &rows,
                sheet,
                &options,
                BufWriter::new(file),
            )?)
        })?;
        Ok(summary(out, &report, None))
    }

    pub(crate) fn faces(&self) -> Result<Faces, Problem> {
        let (event, sessions, types, zones) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.sessions()?,
                view.ticket_types()?,
                view.zones()?,
            ))
        })?;
        let occasions = types
            .iter()
            .filter(|kind| !kind.sessions.is_empty())
            .filter_map(|kind| Some((kind.id, occasion(kind, &event, &sessions)?)))
            .collect();
        let zone_names: HashMap<ZoneId, String> =
            zones.into_iter().map(|zone| (zone.id, zone.name)).collect();
        let types = types
            .into_iter()
            .map(|kind| {
                let names: Vec<&str> = kind
                    .zones
                    .iter()
                    .filter_map(|zone| zone_names.get(zone).map(String::as_str))
                    .collect();
                let zone = (!names.is_empty()).then(|| names.join(", "));
                (kind.id, (kind, zone))
            })
            .collect();
        Ok(Faces {
            types,
            occasions,
            code_form: self.event().settings.code_form,
        })
    }

    fn print_rows(&self) -> Result<Vec<PrintRow>, Problem> {
        Ok(self
            .file()
            .read(|view| view.tickets_to_print(0, u32::MAX))?)
    }

    fn mark_rendered(&self, rows: &[PrintRow]) -> Result<(), Problem> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let (first, last, at) = (first.number, last.number, self.now());
        self.file().append(Lane::Bulk, move |change| {
            change.mark_rendered(first, last, at)?;
            Ok(())
        })
    }

    pub(crate) fn event_face(&self) -> Result<EventFace, Problem> {
        let event = self.event();
        let session = self.sessions().first();
        let organizer = if event.organizer.is_empty() {
            self.workspace().branding()?.settings.organizer
        } else {
            event.organizer.clone()
        };
        Ok(EventFace {
            title: event.title.clone(),
            date_line: session
                .map(|s| wording::date_line(s.starts_at, event.time_zone, &event.language))
                .unwrap_or_default(),
            place_line: event.place.line(),
            organizer,
            note: String::new(),
            batch_label: event.title.clone(),
            printed_on: wording::date(self.now(), event.time_zone),
        })
    }

    pub(crate) fn print_options(&self, marks: bool) -> Result<PrintOptions, Problem> {
        Ok(PrintOptions {
            marks,
            labels: Labels::for_language(&self.event().language),
            created_ms: Some(self.now()),
            brand: self.workspace().brand()?,
            ..PrintOptions::default()
        })
    }
}

impl Faces {
    /// The code that a ticket shows.
    pub(crate) fn code(&self, row: &PrintRow) -> Result<QrCode, Problem> {
        let token = Token::from_bytes(&row.packed)
            .map_err(|e| Problem::new("credential_damaged", e.to_string()))?;
        match self.code_form {
            CodeForm::Compact => QrCode::encode(&token.compact()),
            CodeForm::Jwt => QrCode::encode(token.jwt()),
        }
        .map_err(|e| Problem::new("code_too_long", e.to_string()))
    }

    fn face(&self, row: &PrintRow) -> Result<TicketFace, Problem> {
        self.face_with(row, self.code(row)?)
    }

    /// Name of a type.
    pub(crate) fn type_name(&self, id: TicketTypeId) -> Option<&str> {
        self.types.get(&id).map(|(kind, _)| kind.name.as_str())
    }

    /// The zones that a type opens, in one line.
    pub(crate) fn zone(&self, id: TicketTypeId) -> Option<&str> {
        self.types.get(&id).and_then(|(_, zone)| zone.as_deref())
    }

    /// What a ticket shows, with its code made already.
    pub(crate) fn face_with(&self, row: &PrintRow, code: QrCode) -> Result<TicketFace, Problem> {
        let kind = self.types.get(&row.ticket_type);
        let (size, bits) = (code.modules() as u16, code.bits);
        Ok(TicketFace {
            number: format!("#{:04}", row.number),
            invitation: row.invitation.clone(),
            holder: holder(row),
            company: row.company.clone(),
            type_name: kind.map(|(kind, _)| kind.name.clone()).unwrap_or_default(),
            type_colour: Colour::new(kind.map_or(0, |(kind, _)| kind.colour)),
            seat: row.seat.clone(),
            zone: kind.and_then(|(_, zone)| zone.clone()),
            occasion: self.occasions.get(&row.ticket_type).cloned(),
            code: Code::new(size, bits)?,
        })
    }
}

/// When and where a type opens for the first time; none when it opens nothing.
fn occasion(kind: &TicketType, event: &Event, sessions: &[Session]) -> Option<Occasion> {
    let session = sessions
        .iter()
        .find(|session| session.takes_place() && kind.opens(session.id))?;
    Some(Occasion {
        date_line: wording::date_line(session.starts_at, event.time_zone, &event.language),
        place_line: session.place.as_ref().unwrap_or(&event.place).line(),
    })
}

fn holder(row: &PrintRow) -> String {
    if row.unnamed {
        format!("{} +1", row.name)
    } else {
        row.name.clone()
    }
}

/// A name as a list is ordered by: the last word first where there are several, in scripts that
/// write the family name last.
fn sorted_name(name: &str) -> String {
    let latin = name
        .chars()
        .all(|c| c < '\u{0590}' || ('\u{2000}'..'\u{2070}').contains(&c));
    match name.rsplit_once(' ') {
        Some((given, family)) if latin && !family.starts_with('+') => format!("{family}, {given}"),
        _ => name.to_owned(),
    }
}

fn summary(out: &Path, report: &PrintReport, module_mm: Option<f32>) -> PrintSummary {
    PrintSummary {
        path: out.to_owned(),
        tickets: report.tickets,
        pages: report.pages,
        bytes: report.bytes,
        module_mm,
        warnings: report.warnings.iter().map(ToString::to_string).collect(),
    }
}

/// Writes a file beside its place and moves it there when it is whole and on disk.
pub(crate) fn write_whole<T>(
    out: &Path,
    write: impl FnOnce(&mut File) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = out.with_file_name(name);
    let written = File::create(&part)
        .map_err(Problem::from)
        .and_then(|mut file| {
            let value = write(&mut file)?;
            file.sync_all()?;
            std::fs::rename(&part, out)?;
            Ok(value)
        });
    if written.is_err() {
        // Half a file helps nobody, and a full disk needs its room back.
        std::fs::remove_file(&part).ok();
    }
    written
}

fn zip_problem(error: zip::result::ZipError) -> Problem {
    match error {
        zip::result::ZipError::Io(error) => error.into(),
        other => Problem::new("zip_failed", other.to_string()),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
