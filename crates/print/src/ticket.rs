//! The ticket: what stands where.
//!
//! Measures are those of an A6 ticket in millimetres, times the scale of the ticket in hand.

use crate::brand::{Band, Brand, Logo};
use crate::canvas::{Align, Canvas};
use crate::colour::{BLACK, Colour, LINE, PAPER, Pattern, QUIET};
use crate::face::{EventFace, Labels, TicketFace};
use crate::forms::LOGO;
use crate::pdf::MM;
use crate::sheet::Area;
use crate::text::Weight;
use crate::text::fit::Room;

/// Side of the code on A6, in millimetres, without its quiet zone.
const CODE_SIDE: f32 = 40.0;
/// The code is never smaller than this, in millimetres.
const CODE_LEAST: f32 = 30.0;
/// The place kept for the code in relation to its side: room for the quiet zone of a code of 81
/// modules. Codes with fewer modules have a wider quiet zone and come out somewhat smaller.
const CODE_PLACE: f32 = 1.0 + 8.0 / 81.0;
/// Space around the symbol that stays white, in modules (ISO/IEC 18004).
const QUIET_ZONE: f32 = 4.0;

const MARGIN: f32 = 7.0;
const FOOT: f32 = 12.5;
/// Height that holder, date and place need.
const BODY: f32 = 42.0;
const STRIP: f32 = 4.0;

/// A ticket of one size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TicketLayout {
    width: f32,
    height: f32,
    bleed: f32,
    /// Points in a millimetre of the A6 design.
    unit: f32,
    band: f32,
    code_side: f32,
    code_place: f32,
}

impl TicketLayout {
    pub(crate) fn of(cell: &Area, bleed: f32) -> Self {
        let scale = (cell.width / (105.0 * MM)).min(cell.height / (148.0 * MM));
        let unit = scale * MM;
        let code_side = (CODE_SIDE * unit).max(CODE_LEAST * MM);
        let code_place = code_side * CODE_PLACE;
        let above_foot = cell.height - FOOT * unit - code_place;
        let band = (cell.height * 0.325).min(above_foot - BODY * unit);
        TicketLayout {
            width: cell.width,
            height: cell.height,
            bleed,
            unit,
            band,
            code_side,
            code_place,
        }
    }

    /// Side of one module of a code in millimetres.
    pub(crate) fn module_mm(&self, size: u16) -> f32 {
        self.side_of(size) / f32::from(size.max(1)) / MM
    }

    /// The box of a ticket's form, bleed and all: left, bottom, right, top.
    pub(crate) fn form_box(&self) -> [f32; 4] {
        [
            -self.bleed,
            -self.bleed,
            self.width + self.bleed,
            self.height + self.bleed,
        ]
    }

    fn side_of(&self, size: u16) -> f32 {
        let size = f32::from(size.max(1));
        self.code_side
            .min(self.code_place * size / (size + 2.0 * QUIET_ZONE))
    }

    /// Where a code lies: left, bottom and side.
    fn code_at(&self, size: u16) -> (f32, f32, f32) {
        let side = self.side_of(size);
        let inset = (self.code_place - side) / 2.0;
        let left = MARGIN * self.unit - (self.code_place - self.code_side) / 2.0 + inset;
        (left, FOOT * self.unit + inset, side)
    }

    fn room(&self, width: f32, size: f32, least: f32, lines: usize) -> Room {
        let points = self.unit / MM;
        Room {
            width,
            size: size * points,
            least: least * points,
            lines,
        }
    }

    /// The place right of the code: left edge and width.
    fn beside_code(&self) -> (f32, f32) {
        let left = MARGIN * self.unit + (self.code_place + self.code_side) / 2.0 + 2.5 * self.unit;
        (left, self.width - MARGIN * self.unit - left)
    }

    fn label(&self, canvas: &mut Canvas<'_>, text: &str, x: f32, y: f32) {
        let line = canvas.tools.kept(text, Weight::Regular);
        canvas.text(&line, QUIET, 6.8 * self.unit / MM, x, y, Align::Left);
    }

    /// Draws what all tickets of a type share.
    pub(crate) fn draw_template(
        &self,
        canvas: &mut Canvas<'_>,
        event: &EventFace,
        labels: &Labels,
        type_name: &str,
        colour: Colour,
        brand: &Brand,
    ) {
        let u = self.unit;
        let left = MARGIN * u;
        let inner = self.width - 2.0 * left;
        let foot_of_band = self.height - self.band;
        let band = brand.colour.map_or_else(
            || Band {
                ground: colour.ink(),
                on: colour.on(),
            },
            Band::of_rgb,
        );
        canvas.rect(
            band.ground,
            -self.bleed,
            foot_of_band,
            self.width + 2.0 * self.bleed,
            self.band + self.bleed,
        );
        if brand.colour.is_some() {
            // The type keeps its own colour where the band has another.
            canvas.rect(
                colour.ink(),
                -self.bleed,
                foot_of_band,
                self.width + 2.0 * self.bleed,
                STRIP * u,
            );
        }
        self.draw_pattern(canvas, colour, foot_of_band);
        let logo = brand.logo.as_ref().map_or(0.0, |logo| {
            self.draw_logo(canvas, logo);
            self.logo_box(logo).2 + 3.0 * u
        });
        self.draw_type(canvas, type_name, colour, band, logo);

        let room = self.band - (6.0 + 7.0 + 3.0 + STRIP + 4.5) * u;
        let fits = |lines: usize, size: f32| {
            size.min(room / (0.74 + 1.12 * (lines as f32 - 1.0)) * MM / u)
        };
        let two = self.room(inner, fits(2, 29.0), fits(2, 29.0).min(18.0), 2);
        let mut title = canvas.fit(&event.title, Weight::Bold, two);
        if title.cut {
            let three = self.room(inner, fits(3, 18.0), 9.0, 3);
            title = canvas.fit(&event.title, Weight::Bold, three);
        }
        let below = title.lines.len().saturating_sub(1) as f32 * title.size * 1.12;
        let baseline = foot_of_band + (STRIP + 4.8) * u + below;
        canvas.block(&title, band.on, left, baseline, 1.12);

        let top = foot_of_band;
        self.label(canvas, labels.guest, left, top - 6.2 * u);
        canvas.stroke(
            LINE,
            0.5,
            &[(left, top - 25.3 * u), (self.width - left, top - 25.3 * u)],
        );
        let (second, _) = self.beside_code();
        let columns = [
            (left, second - left - 3.0 * u, labels.date, &event.date_line),
            (
                second,
                self.width - left - second,
                labels.place,
                &event.place_line,
            ),
        ];
        for (x, width, label, value) in columns {
            self.label(canvas, label, x, top - 29.6 * u);
            let value = canvas.fit(value, Weight::Bold, self.room(width, 10.5, 6.5, 2));
            canvas.block(&value, BLACK, x, top - 34.2 * u, 1.22);
        }

        let (x, width) = self.beside_code();
        let mut baseline = MARGIN * u;
        if !event.note.is_empty() {
            let note = canvas.fit(&event.note, Weight::Regular, self.room(width, 6.2, 4.6, 2));
            let lines = note.lines.len().saturating_sub(1) as f32;
            canvas.block(&note, QUIET, x, baseline + lines * note.size * 1.25, 1.25);
            baseline += (lines * note.size * 1.25) + 4.0 * u;
        }
        let organizer = canvas.fit(
            &event.organizer,
            Weight::Bold,
            self.room(width, 8.5, 6.0, 2),
        );
        let lines = organizer.lines.len().saturating_sub(1) as f32;
        canvas.block(
            &organizer,
            BLACK,
            x,
            baseline + lines * organizer.size * 1.2,
            1.2,
        );
    }

    /// The logo's white plate at the band's right: left, bottom, width and height.
    fn logo_box(&self, logo: &Logo) -> (f32, f32, f32, f32) {
        let u = self.unit;
        let most = 32.0 * u;
        let (inset, mut height) = (1.2 * u, 9.0 * u);
        let mut width = (height - 2.0 * inset) * logo.ratio() + 2.0 * inset;
        if width > most {
            height = (most - 2.0 * inset) / logo.ratio() + 2.0 * inset;
            width = most;
        }
        let middle = self.height - 9.5 * u;
        let left = self.width - MARGIN * u - width;
        (left, middle - height / 2.0, width, height)
    }

    /// Draws the logo on white, where any logo is seen.
    fn draw_logo(&self, canvas: &mut Canvas<'_>, logo: &Logo) {
        let (left, bottom, width, height) = self.logo_box(logo);
        let inset = 1.2 * self.unit;
        canvas.rect(PAPER, left, bottom, width, height);
        let (inner, high) = (width - 2.0 * inset, height - 2.0 * inset);
        canvas.x_object(LOGO, [inner, 0.0, 0.0, high, left + inset, bottom + inset]);
    }

    /// Draws the type's letter and name; `taken` is what the logo takes of the width.
    fn draw_type(
        &self,
        canvas: &mut Canvas<'_>,
        type_name: &str,
        colour: Colour,
        band: Band,
        taken: f32,
    ) {
        let u = self.unit;
        let left = MARGIN * u;
        let side = 7.0 * u;
        let bottom = self.height - 6.0 * u - side;
        canvas.rect(colour.on(), left, bottom, side, side);
        let letter = canvas.line(&colour.letter().to_string(), Weight::Bold);
        let points = u / MM;
        let centre = left + side / 2.0;
        let size = 13.0 * points;
        canvas.text(
            &letter,
            colour.ink(),
            size,
            centre,
            bottom + side / 2.0 - size * 0.364,
            Align::Centre,
        );
        let x = left + side + 3.0 * u;
        let width = self.width - left - x - taken;
        let name = canvas.fit(type_name, Weight::Bold, self.room(width, 12.5, 8.0, 1));
        canvas.block(
            &name,
            band.on,
            x,
            bottom + side / 2.0 - name.size * 0.36,
            1.2,
        );
    }

    /// A strip at the band's foot that tells the colour without colour.
    fn draw_pattern(&self, canvas: &mut Canvas<'_>, colour: Colour, bottom: f32) {
        let u = self.unit;
        let strip = STRIP * u;
        let from = -self.bleed;
        let to = self.width + self.bleed;
        let ink = colour.on();
        canvas.apart(|canvas| {
            canvas
                .content
                .rect(from, bottom, to - from, strip)
                .clip_nonzero()
                .end_path();
            canvas.fill(ink);
            let mut x = from;
            let step = match colour.pattern() {
                Pattern::Solid => {
                    canvas
                        .content
                        .rect(from, bottom + strip * 0.42, to - from, strip * 0.16);
                    to - from
                }
                Pattern::Rings => 1.15 * strip,
                Pattern::Blocks => 2.0 * strip,
                Pattern::Bars => 0.5 * strip,
                _ => strip,
            };
            while x < to && colour.pattern() != Pattern::Solid {
                let (middle, centre) = (x + step / 2.0, bottom + strip / 2.0);
                let content = &mut canvas.content;
                match colour.pattern() {
                    Pattern::Stripes => {
                        content
                            .move_to(x, bottom)
                            .line_to(x + 0.4 * strip, bottom)
                            .line_to(x + 1.4 * strip, bottom + strip)
                            .line_to(x + strip, bottom + strip)
                            .close_path();
                    }
                    Pattern::Dots => canvas.circle(middle, centre, strip * 0.27),
                    Pattern::Chevrons => {
                        let w = 0.3 * strip;
                        content
                            .move_to(x, bottom)
                            .line_to(x + w, bottom)
                            .line_to(x + w + 0.45 * strip, centre)
                            .line_to(x + w, bottom + strip)
                            .line_to(x, bottom + strip)
                            .line_to(x + 0.45 * strip, centre)
                            .close_path();
                    }
                    Pattern::Bars => {
                        content.rect(x, bottom, step * 0.4, strip);
                    }
                    Pattern::Diamonds => {
                        content
                            .move_to(middle, bottom + 0.1 * strip)
                            .line_to(middle + 0.36 * strip, centre)
                            .line_to(middle, bottom + 0.9 * strip)
                            .line_to(middle - 0.36 * strip, centre)
                            .close_path();
                    }
                    Pattern::Blocks => {
                        content.rect(x, bottom + strip / 2.0, strip, strip / 2.0);
                        content.rect(x + strip, bottom, strip, strip / 2.0);
                    }
                    Pattern::Rings => {
                        canvas.circle(middle, centre, strip * 0.42);
                        canvas.circle(middle, centre, strip * 0.22);
                    }
                    Pattern::Solid => {}
                }
                x += step;
            }
            canvas.content.fill_even_odd();
        });
    }

    /// Draws what is this ticket's own. The code is the image named `code`.
    pub(crate) fn draw_ticket(
        &self,
        canvas: &mut Canvas<'_>,
        labels: &Labels,
        ticket: &TicketFace,
        code: &str,
    ) -> bool {
        let u = self.unit;
        let left = MARGIN * u;
        let inner = self.width - 2.0 * left;
        let top = self.height - self.band;
        let mut cut = false;

        let holder = canvas.fit(
            &ticket.holder,
            Weight::Bold,
            self.room(inner, 21.0, 11.0, 2),
        );
        cut |= holder.cut;
        let first = if holder.lines.len() > 1 { 12.2 } else { 13.6 };
        let last = canvas.block(&holder, BLACK, left, top - first * u, 1.14);
        if let Some(company) = ticket.company.as_deref().filter(|c| !c.is_empty()) {
            let company = canvas.fit(company, Weight::Regular, self.room(inner, 10.0, 7.0, 1));
            cut |= company.cut;
            canvas.block(&company, BLACK, left, last - 5.4 * u, 1.2);
        }

        let (x, width) = self.beside_code();
        let mut at = FOOT * u + self.code_place - 3.4 * u;
        let fields = [
            (
                labels.seat,
                ticket.seat.as_deref().unwrap_or_default(),
                14.0,
                2,
            ),
            (
                labels.zone,
                ticket.zone.as_deref().unwrap_or_default(),
                11.0,
                2,
            ),
            (labels.invitation, ticket.invitation.as_str(), 9.0, 1),
        ];
        for (label, value, size, lines) in fields {
            if value.is_empty() {
                continue;
            }
            self.label(canvas, label, x, at);
            let value = canvas.fit(value, Weight::Bold, self.room(width, size, 7.0, lines));
            cut |= value.cut;
            at = canvas.block(&value, BLACK, x, at - 1.5 * u - value.size * 0.78, 1.14) - 5.6 * u;
        }

        let number = self.room(self.code_side, 13.0, 7.0, 1);
        let number = canvas.fit(&ticket.number, Weight::Bold, number);
        cut |= number.cut;
        canvas.block(&number, BLACK, left, left, 1.0);

        let (x, y, side) = self.code_at(ticket.code.size());
        canvas.fill(BLACK);
        canvas.x_object(code, [side, 0.0, 0.0, side, x, y]);
        cut
    }
}
