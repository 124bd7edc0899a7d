//! What a gate prints for somebody who was let in: a badge to wear, a receipt to keep.

mod roll;

use pdf_writer::Rect;

use crate::PrintError;
use crate::canvas::{Align, Canvas};
use crate::colour::{BLACK, Colour, Ink, LINE, PAPER, QUIET};
use crate::face::Code;
use crate::forms::put_code;
use crate::pdf::{Document, MM, Meta, PageBoxes, Pages};
use crate::printer::{PrintOptions, PrintReport, Warning, with_tools};
use crate::text::Weight;
use crate::text::clean::clean;
use crate::text::fit::{Block, Room};
use crate::text::usage::Usage;

/// What a badge or receipt tells. Texts may be in any script; overlong ones are made to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrivalFace {
    /// The event's title.
    pub event: String,
    /// Who invites; may be empty.
    pub organizer: String,
    /// The holder.
    pub name: String,
    /// Their organization; may be empty.
    pub company: String,
    /// The ticket type's name.
    pub type_name: String,
    /// The ticket type's colour.
    pub type_colour: Colour,
    /// Table and seat; may be empty.
    pub seat: String,
    /// The ticket's number, such as `#2847`.
    pub number: String,
    /// When the holder was let in, in the reader's words.
    pub time: String,
    /// Name of the gate that let them in.
    pub gate: String,
    /// The ticket's code, where it is printed too.
    pub code: Option<Code>,
}

/// Paper of a printer at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DoorPaper {
    /// A card of 90 × 60 mm.
    Card,
    /// 105 × 148 mm.
    A6,
    /// 100 mm of a roll of labels that is 62 mm wide.
    Label62,
    /// A roll that is 80 mm wide, as long as the text.
    Roll80,
    /// A roll that is 58 mm wide, as long as the text.
    Roll58,
}

impl DoorPaper {
    /// Every paper.
    pub const ALL: [DoorPaper; 5] = [
        DoorPaper::Card,
        DoorPaper::A6,
        DoorPaper::Label62,
        DoorPaper::Roll80,
        DoorPaper::Roll58,
    ];

    /// Width in millimetres.
    #[must_use]
    pub fn width_mm(self) -> f32 {
        match self {
            DoorPaper::Card => 90.0,
            DoorPaper::A6 => 105.0,
            DoorPaper::Label62 => 100.0,
            DoorPaper::Roll80 => 80.0,
            DoorPaper::Roll58 => 58.0,
        }
    }

    /// Height in millimetres; none where it follows from the text.
    #[must_use]
    pub fn height_mm(self) -> Option<f32> {
        match self {
            DoorPaper::Card => Some(60.0),
            DoorPaper::A6 => Some(148.0),
            DoorPaper::Label62 => Some(62.0),
            DoorPaper::Roll80 | DoorPaper::Roll58 => None,
        }
    }

    /// Whether its printers burn black into the paper: they have no colours, and a filled ground
    /// wears them out.
    fn is_thermal(self) -> bool {
        !matches!(self, DoorPaper::Card | DoorPaper::A6)
    }

    /// What a printer leaves white at each side.
    fn margin(self) -> f32 {
        match self {
            DoorPaper::A6 => 8.0 * MM,
            DoorPaper::Roll58 => 4.5 * MM,
            _ => 5.0 * MM,
        }
    }
}

/// Colour runs so far past the page's edge that no screen shows a white seam there.
const OVERRUN: f32 = 2.0;
const LEADING: f32 = 1.14;
/// From the top of a line to its baseline, in relation to the size: room for accents.
const RISE: f32 = 0.86;
/// From there to its foot.
const FALL: f32 = 0.24;
/// The code on a badge that is worn, without its quiet zone.
const CODE: f32 = 25.0 * MM;
/// The code on A6 and on rolls.
const LARGE_CODE: f32 = 36.0 * MM;
/// White around a code, in modules (ISO/IEC 18004).
const QUIET_ZONE: f32 = 4.0;

/// A badge on one page: the name large, and what tells people apart. Names of any length and
/// script fit: they shrink, then break, then end in an ellipsis.
///
/// # Errors
/// [`PrintError::Write`] where a font cannot be embedded.
pub fn badge(
    face: &ArrivalFace,
    paper: DoorPaper,
    options: &PrintOptions,
) -> Result<(Vec<u8>, PrintReport), PrintError> {
    page(face, paper, options, |drawing| match paper {
        DoorPaper::Card | DoorPaper::Label62 => drawing.worn_across(),
        DoorPaper::A6 => drawing.worn_upright(),
        DoorPaper::Roll80 | DoorPaper::Roll58 => drawing.worn_off_a_roll(),
    })
}

/// A receipt on one page: who was let in, when and where. It is made for rolls; paper of a fixed
/// size is filled from the top as far as it goes.
///
/// # Errors
/// [`PrintError::Write`] where a font cannot be embedded.
pub fn receipt(
    face: &ArrivalFace,
    paper: DoorPaper,
    options: &PrintOptions,
) -> Result<(Vec<u8>, PrintReport), PrintError> {
    page(face, paper, options, |drawing| drawing.receipt())
}

fn page(
    face: &ArrivalFace,
    paper: DoorPaper,
    options: &PrintOptions,
    draw: impl FnOnce(&mut Drawing<'_, '_>) -> f32,
) -> Result<(Vec<u8>, PrintReport), PrintError> {
    let mut document = Document::begin(Vec::with_capacity(32 * 1024))?;
    let mut pages = Pages::begin(&mut document);
    let image = match &face.code {
        Some(code) => Some(put_code(&mut document, code)?),
        None => None,
    };
    let mut usage = Usage::default();
    let width = paper.width_mm() * MM;
    let (content, height, cut) = with_tools(options.brand.typeface, |tools, deflater| {
        let mut drawing = Drawing {
            canvas: Canvas::new(tools, &mut usage),
            face,
            options,
            paper,
            width,
            height: paper.height_mm().unwrap_or_default() * MM,
            cut: false,
        };
        let height = draw(&mut drawing);
        let cut = drawing.cut;
        (deflater.deflate(&drawing.canvas.finish()), height, cut)
    });
    let id = document.allocate();
    document.put_deflated(id, &content)?;
    let whole = Rect::new(0.0, 0.0, width, height);
    let boxes = PageBoxes {
        media: whole,
        bleed: whole,
        trim: whole,
    };
    let names: Vec<_> = image.iter().map(|image| (&b"Q0"[..], *image)).collect();
    document.put_page(&mut pages, &boxes, id, &names)?;
    let meta = Meta {
        title: clean(&format!("{} · {}", face.name, face.event)).into_owned(),
        author: clean(&face.organizer).into_owned(),
        language: options.labels.language.to_owned(),
        created_ms: options.created_ms,
    };
    let mut report = PrintReport {
        pages: 1,
        tickets: 1,
        ..PrintReport::default()
    };
    let missing: Vec<char> = usage.missing().collect();
    if !missing.is_empty() {
        report.warnings.push(Warning::MissingGlyphs(missing));
    }
    if cut {
        report.warnings.push(Warning::Cut(1));
    }
    let (out, bytes) = document.finish(pages, &usage, &meta)?;
    report.bytes = bytes;
    Ok((out, report))
}

fn height_of(block: &Block) -> f32 {
    if block.lines.is_empty() {
        return 0.0;
    }
    block.size * (RISE + FALL + (block.lines.len() - 1) as f32 * LEADING)
}

/// A page in the making.
struct Drawing<'a, 'c> {
    canvas: Canvas<'c>,
    face: &'a ArrivalFace,
    options: &'a PrintOptions,
    paper: DoorPaper,
    width: f32,
    /// 0 where it follows from the text.
    height: f32,
    cut: bool,
}

impl Drawing<'_, '_> {
    fn fit(&mut self, text: &str, weight: Weight, room: Room) -> Block {
        if text.trim().is_empty() {
            return Block::default();
        }
        let block = self.canvas.fit(text, weight, room);
        self.cut |= block.cut;
        block
    }

    /// Writes lines around a middle, down from `top`; gives back where they end.
    fn middle(&mut self, block: &Block, ink: Ink, middle: f32, top: f32) -> f32 {
        let mut baseline = top - block.size * RISE;
        for line in &block.lines {
            self.canvas
                .text(line, ink, block.size, middle, baseline, Align::Centre);
            baseline -= block.size * LEADING;
        }
        top - height_of(block)
    }

    /// Writes one line with its middle at `y`.
    fn beside(&mut self, block: &Block, ink: Ink, x: f32, y: f32, align: Align) {
        let lines = block.lines.len().saturating_sub(1) as f32;
        let mut baseline = y - block.size * 0.36 + lines * block.size * LEADING / 2.0;
        for line in &block.lines {
            self.canvas.text(line, ink, block.size, x, baseline, align);
            baseline -= block.size * LEADING;
        }
    }

    /// The ground and ink that stand for the type.
    fn inks(&self) -> (Ink, Ink) {
        if self.paper.is_thermal() {
            (BLACK, PAPER)
        } else {
            (self.face.type_colour.ink(), self.face.type_colour.on())
        }
    }

    /// The type's letter in a square whose middle is at `y`; gives back where it ends.
    fn letter(&mut self, ground: Ink, ink: Ink, x: f32, y: f32, side: f32) -> f32 {
        self.canvas.rect(ground, x, y - side / 2.0, side, side);
        let letter = self.face.type_colour.letter().to_string();
        let letter = self.canvas.line(&letter, Weight::Bold);
        let size = side * 0.66;
        let middle = x + side / 2.0;
        self.canvas
            .text(&letter, ink, size, middle, y - size * 0.36, Align::Centre);
        x + side
    }

    /// Draws the code into a square of `place` points: the quiet zone is kept white.
    fn code(&mut self, x: f32, y: f32, place: f32) {
        let Some(code) = &self.face.code else { return };
        let size = f32::from(code.size());
        let side = place * size / (size + 2.0 * QUIET_ZONE);
        let inset = (place - side) / 2.0;
        self.canvas.fill(BLACK);
        let matrix = [side, 0.0, 0.0, side, x + inset, y + inset];
        self.canvas.x_object("Q0", matrix);
    }

    /// A badge wider than it is high: title above, name in the middle, type and seat below.
    fn worn_across(&mut self) -> f32 {
        let (width, height, margin) = (self.width, self.height, self.paper.margin());
        let inner = width - 2.0 * margin;
        let (ground, on) = self.inks();
        let head = 10.5 * MM;
        let foot = 12.5 * MM;
        let face = self.face;
        let number = Room {
            width: inner * 0.25,
            size: 8.5,
            least: 6.0,
            lines: 1,
        };
        let number = self.fit(&face.number, Weight::Regular, number);
        let title = Room {
            width: inner * 0.72,
            size: 12.0,
            least: 7.5,
            lines: 2,
        };
        let title = self.fit(&face.event, Weight::Bold, title);
        let middle = height - head / 2.0;
        let ink = if self.paper.is_thermal() {
            let y = height - head;
            let across = [(margin, y), (width - margin, y)];
            self.canvas.stroke(BLACK, 1.0, &across);
            BLACK
        } else {
            let across = width + 2.0 * OVERRUN;
            let up = head + OVERRUN;
            self.canvas
                .rect(ground, -OVERRUN, height - head, across, up);
            on
        };
        self.beside(&title, ink, margin, middle, Align::Left);
        self.beside(&number, ink, width - margin, middle, Align::Right);

        let side = 7.5 * MM;
        let at = self.letter(ground, on, margin, foot / 2.0, side) + 2.5 * MM;
        let half = |share: f32| Room {
            width: (width - margin - at) * share,
            size: 13.0,
            least: 8.0,
            lines: 1,
        };
        let seat = self.fit(&face.seat, Weight::Bold, half(0.5));
        let of_type = if seat.lines.is_empty() { 1.0 } else { 0.46 };
        let kind = self.fit(&face.type_name, Weight::Bold, half(of_type));
        self.canvas
            .stroke(LINE, 0.5, &[(margin, foot), (width - margin, foot)]);
        self.beside(&kind, BLACK, at, foot / 2.0, Align::Left);
        self.beside(&seat, BLACK, width - margin, foot / 2.0, Align::Right);

        let body = height - head - foot;
        let mut room = inner;
        if face.code.is_some() {
            let place = (CODE * 1.1).min(body - 2.0 * MM);
            room -= place + 2.0 * MM;
            let y = foot + (body - place) / 2.0;
            self.code(width - margin - place + 1.5 * MM, y, place);
        }
        self.name(margin, room, foot, body, 34.0);
        height
    }

    /// The name with its organization in the middle of a place.
    fn name(&mut self, left: f32, room: f32, bottom: f32, body: f32, size: f32) {
        let face = self.face;
        let mut lines = 2;
        let mut name = Block::default();
        let mut company = Block::default();
        // Three lines of a name that has many words are read from farther than two small ones.
        while lines <= 3 {
            let wanted = Room {
                width: room,
                size,
                least: if lines == 2 { size * 0.6 } else { 12.0 },
                lines,
            };
            let cut = self.cut;
            name = self.fit(&face.name, Weight::Bold, wanted);
            if !name.cut || lines == 3 {
                break;
            }
            self.cut = cut;
            lines += 1;
        }
        if !face.company.trim().is_empty() {
            let wanted = Room {
                width: room,
                size: (size * 0.42).min(16.0),
                least: 8.5,
                lines: 2,
            };
            company = self.fit(&face.company, Weight::Regular, wanted);
        }
        let between = if company.lines.is_empty() { 0.0 } else { 3.0 };
        let most = body - 3.0 * MM - height_of(&company) - between;
        if height_of(&name) > most {
            name.size *= most / height_of(&name);
        }
        let all = height_of(&name) + between + height_of(&company);
        let top = bottom + (body + all) / 2.0;
        let middle = left + room / 2.0;
        let end = self.middle(&name, BLACK, middle, top);
        self.middle(&company, BLACK, middle, end - between);
    }

    /// A badge higher than it is wide.
    fn worn_upright(&mut self) -> f32 {
        let (width, height, margin) = (self.width, self.height, self.paper.margin());
        let inner = width - 2.0 * margin;
        let (ground, on) = self.inks();
        let face = self.face;
        let head = 22.0 * MM;
        let foot = 18.0 * MM;
        let across = width + 2.0 * OVERRUN;
        let up = head + OVERRUN;
        self.canvas
            .rect(ground, -OVERRUN, height - head, across, up);
        let down = foot + OVERRUN;
        self.canvas.rect(ground, -OVERRUN, -OVERRUN, across, down);
        let title = Room {
            width: inner,
            size: 17.0,
            least: 9.0,
            lines: 2,
        };
        let title = self.fit(&face.event, Weight::Bold, title);
        self.beside(&title, on, width / 2.0, height - head / 2.0, Align::Centre);

        let side = 10.0 * MM;
        let at = self.letter(on, ground, margin, foot / 2.0, side) + 4.0 * MM;
        let room = Room {
            width: width - margin - at,
            size: 20.0,
            least: 10.0,
            lines: 2,
        };
        let kind = self.fit(&face.type_name, Weight::Bold, room);
        self.beside(&kind, on, at, foot / 2.0, Align::Left);

        let mut bottom = foot + 5.0 * MM;
        let number = Room {
            width: inner,
            size: 9.0,
            least: 7.0,
            lines: 1,
        };
        let number = self.fit(&face.number, Weight::Regular, number);
        let end = bottom + height_of(&number);
        self.middle(&number, QUIET, width / 2.0, end);
        bottom = end + 1.0 * MM;
        if face.code.is_some() {
            self.code((width - LARGE_CODE) / 2.0, bottom, LARGE_CODE);
            bottom += LARGE_CODE + 2.0 * MM;
        }
        let seat = Room {
            width: inner,
            size: 16.0,
            least: 9.0,
            lines: 2,
        };
        let seat = self.fit(&face.seat, Weight::Bold, seat);
        if !seat.lines.is_empty() {
            bottom += height_of(&seat);
            self.middle(&seat, BLACK, width / 2.0, bottom);
            bottom += 2.0 * MM;
        }
        self.name(margin, inner, bottom, height - head - bottom, 42.0);
        height
    }
}
