//! The paper door list, for when nothing else works.

use std::io::Write;

use crate::PrintError;
use crate::canvas::{Align, Canvas, Tools};
use crate::colour::{BLACK, Colour, LINE, QUIET};
use crate::face::EventFace;
use crate::pdf::deflate::Deflater;
use crate::pdf::{Document, MM, Meta, Pages};
use crate::printer::{PrintOptions, PrintReport, Warning};
use crate::sheet::{Imposition, Sheet};
use crate::text::Weight;
use crate::text::clean::clean;
use crate::text::fit::Room;
use crate::text::usage::Usage;

/// One line of a door list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoorRow {
    /// The guest, as the list is ordered by: `Šlâpfer, Zoë`.
    pub name: String,
    /// The letter that the row stands under; its name's first letter where empty.
    pub section: String,
    /// The invitation's number.
    pub invitation: String,
    /// The ticket's number.
    pub number: String,
    /// The ticket type's name.
    pub type_name: String,
    /// The ticket type's colour.
    pub type_colour: Colour,
    /// The seat; empty where there is none.
    pub seat: String,
}

const MARGIN: f32 = 14.0 * MM;
const ROW: f32 = 6.4 * MM;
const SECTION: f32 = 9.0 * MM;
const HEAD: f32 = 26.0 * MM;
const FOOT: f32 = 14.0 * MM;

/// What stands on a page, from the top.
enum Entry<'a> {
    Section(String),
    Row(&'a DoorRow),
}

impl Entry<'_> {
    fn height(&self) -> f32 {
        match self {
            Entry::Section(_) => SECTION,
            Entry::Row(_) => ROW,
        }
    }
}

/// Prints a door list on A4 or Letter. Rows come in the order in which they are given, which the
/// caller sorts by the rules of the event's language; a heading stands before each new section and
/// again at the top of a page that continues one.
///
/// # Errors
/// [`PrintError::Paper`] for another sheet, [`PrintError::Write`] where the stream fails.
pub fn door_list<W: Write>(
    event: &EventFace,
    rows: &[DoorRow],
    sheet: Sheet,
    options: &PrintOptions,
    out: W,
) -> Result<PrintReport, PrintError> {
    if !matches!(sheet, Sheet::A4 | Sheet::Letter) {
        return Err(PrintError::Paper(sheet));
    }
    let plan = Imposition::of(sheet, false);
    let pages_of_rows = paginate(rows, plan.height - HEAD - FOOT);
    let mut document = Document::begin(out)?;
    let mut pages = Pages::begin(&mut document);
    let mut usage = Usage::default();
    let mut tools = Tools::new();
    let mut deflater = Deflater::new();
    for (index, entries) in pages_of_rows.iter().enumerate() {
        let mut canvas = Canvas::new(&mut tools, &mut usage);
        let list = ListPage {
            plan: &plan,
            event,
            options,
        };
        list.draw_head(&mut canvas, rows.len());
        list.draw_foot(&mut canvas, index + 1, pages_of_rows.len());
        let mut top = plan.height - HEAD;
        for entry in entries {
            top -= entry.height();
            match entry {
                Entry::Section(letter) => list.draw_section(&mut canvas, letter, top),
                Entry::Row(row) => list.draw_row(&mut canvas, row, top),
            }
        }
        let content = deflater.deflate(&canvas.finish());
        let id = document.allocate();
        document.put_deflated(id, &content)?;
        document.put_page(&mut pages, &plan.boxes, id, &[])?;
    }
    let meta = Meta {
        title: clean(&format!("{} · {}", options.labels.door_list, event.title)).into_owned(),
        author: clean(&event.organizer).into_owned(),
        language: options.labels.language.to_owned(),
        created_ms: options.created_ms,
    };
    let count = pages.count();
    let missing: Vec<char> = usage.missing().collect();
    let (_, bytes) = document.finish(pages, &usage, &meta)?;
    let warnings = if missing.is_empty() {
        Vec::new()
    } else {
        vec![Warning::MissingGlyphs(missing)]
    };
    Ok(PrintReport {
        pages: count,
        tickets: rows.len(),
        bytes,
        warnings,
    })
}

fn section_of(row: &DoorRow) -> String {
    if row.section.is_empty() {
        let first = row.name.chars().find(|c| c.is_alphanumeric());
        first.map_or_else(|| "#".to_owned(), |c| c.to_uppercase().collect())
    } else {
        row.section.chars().take(12).collect()
    }
}

/// Fills pages; there is always one, so that an empty list is a page that says so by being empty.
fn paginate(rows: &[DoorRow], room: f32) -> Vec<Vec<Entry<'_>>> {
    let mut pages = vec![Vec::new()];
    let mut left = room;
    let mut section = String::new();
    for row in rows {
        let letter = section_of(row);
        let needs_heading = letter != section;
        let needed = ROW + if needs_heading { SECTION } else { 0.0 };
        let mut heading = needs_heading;
        if needed > left {
            pages.push(Vec::new());
            left = room;
            heading = true;
        }
        let Some(page) = pages.last_mut() else {
            continue;
        };
        if heading {
            page.push(Entry::Section(letter.clone()));
            left -= SECTION;
        }
        page.push(Entry::Row(row));
        left -= ROW;
        section = letter;
    }
    pages
}

struct ListPage<'a> {
    plan: &'a Imposition,
    event: &'a EventFace,
    options: &'a PrintOptions,
}

impl ListPage<'_> {
    fn inner(&self) -> f32 {
        self.plan.width - 2.0 * MARGIN
    }

    /// Left edge and width of the columns: box, name, type, seat, number, invitation.
    fn columns(&self) -> [(f32, f32); 6] {
        let shares = [0.04, 0.38, 0.20, 0.15, 0.11, 0.12];
        let mut x = MARGIN;
        shares.map(|share| {
            let width = share * self.inner();
            let column = (x, width - 2.0 * MM);
            x += width;
            column
        })
    }

    fn draw_head(&self, canvas: &mut Canvas<'_>, count: usize) {
        let labels = &self.options.labels;
        let y = self.plan.height - 15.0 * MM;
        let room = Room {
            width: self.inner() * 0.7,
            size: 15.0,
            least: 9.0,
            lines: 1,
        };
        let title = canvas.fit(&self.event.title, Weight::Bold, room);
        canvas.block(&title, BLACK, MARGIN, y, 1.2);
        let heading = canvas
            .tools
            .kept(&format!("{} · {count}", labels.door_list), Weight::Bold);
        let right = self.plan.width - MARGIN;
        canvas.text(&heading, BLACK, 10.0, right, y, Align::Right);
        let heads = [
            (1, labels.guest),
            (2, labels.ticket_type),
            (3, labels.seat),
            (4, labels.number),
            (5, labels.invitation),
        ];
        let columns = self.columns();
        let y = self.plan.height - 23.5 * MM;
        for (column, text) in heads {
            let line = canvas.tools.kept(text, Weight::Regular);
            canvas.text(&line, QUIET, 7.0, columns[column].0, y, Align::Left);
        }
        let y = self.plan.height - HEAD + 0.8 * MM;
        canvas.stroke(BLACK, 0.7, &[(MARGIN, y), (right, y)]);
    }

    fn draw_foot(&self, canvas: &mut Canvas<'_>, page: usize, pages: usize) {
        let labels = &self.options.labels;
        let y = 8.0 * MM;
        let mut left = self.event.date_line.clone();
        for part in [&self.event.place_line, &self.event.printed_on] {
            if !part.is_empty() {
                left.push_str(" · ");
                left.push_str(part);
            }
        }
        let room = Room {
            width: self.inner() * 0.75,
            size: 7.5,
            least: 5.0,
            lines: 1,
        };
        let left = canvas.fit(&left, Weight::Regular, room);
        canvas.block(&left, QUIET, MARGIN, y, 1.2);
        let number = canvas.line(
            &format!("{} {page} {} {pages}", labels.page, labels.of),
            Weight::Regular,
        );
        canvas.text(
            &number,
            BLACK,
            7.5,
            self.plan.width - MARGIN,
            y,
            Align::Right,
        );
    }

    fn draw_section(&self, canvas: &mut Canvas<'_>, letter: &str, bottom: f32) {
        let line = canvas.tools.kept(letter, Weight::Bold);
        canvas.text(&line, BLACK, 14.0, MARGIN, bottom + 2.2 * MM, Align::Left);
    }

    fn draw_row(&self, canvas: &mut Canvas<'_>, row: &DoorRow, bottom: f32) {
        let columns = self.columns();
        let y = bottom + 2.1 * MM;
        let side = 3.6 * MM;
        BLACK.stroke(&mut canvas.content);
        canvas
            .content
            .set_line_width(0.6)
            .rect(MARGIN, bottom + 1.4 * MM, side, side)
            .stroke();
        let swatch = 2.6 * MM;
        canvas.rect(
            row.type_colour.ink(),
            columns[2].0,
            y - 0.1 * MM,
            swatch,
            swatch,
        );
        let letter = canvas
            .tools
            .kept(&row.type_colour.letter().to_string(), Weight::Bold);
        let centre = columns[2].0 + swatch / 2.0;
        canvas.text(
            &letter,
            row.type_colour.on(),
            6.0,
            centre,
            y + 0.45 * MM,
            Align::Centre,
        );
        let aside = swatch + 1.4 * MM;
        let fields = [
            (columns[1].0, columns[1].1, &row.name, Weight::Bold, 9.5),
            (
                columns[2].0 + aside,
                columns[2].1 - aside,
                &row.type_name,
                Weight::Regular,
                8.0,
            ),
            (columns[3].0, columns[3].1, &row.seat, Weight::Regular, 8.0),
            (
                columns[4].0,
                columns[4].1,
                &row.number,
                Weight::Regular,
                8.0,
            ),
            (
                columns[5].0,
                columns[5].1,
                &row.invitation,
                Weight::Regular,
                8.0,
            ),
        ];
        for (x, width, text, weight, size) in fields {
            if !text.is_empty() {
                let room = Room {
                    width,
                    size,
                    least: size * 0.72,
                    lines: 1,
                };
                let block = canvas.fit(text, weight, room);
                canvas.block(&block, BLACK, x, y, 1.0);
            }
        }
        let right = self.plan.width - MARGIN;
        canvas.stroke(LINE, 0.35, &[(MARGIN, bottom), (right, bottom)]);
    }
}
