//! The printed page of a recovery kit.

use pdf_writer::Name;

use crate::canvas::{Align, Canvas, Tools};
use crate::colour::{BLACK, LINE};
use crate::face::{Code, Labels};
use crate::forms::put_code;
use crate::pdf::deflate::Deflater;
use crate::pdf::{Document, MM, Meta, Pages};
use crate::sheet::{Imposition, Sheet};
use crate::text::Weight;
use crate::text::clean::clean;
use crate::text::fit::Room;
use crate::text::usage::Usage;
use crate::{PrintError, PrintOptions};

/// Lines that a page takes; further ones are left out.
const LINES: usize = 34;

/// One A4 page with a title, lines of text and a code of 70 mm, with its quiet zone: what an office
/// puts into a safe.
///
/// # Errors
/// [`PrintError::Write`] where a font cannot be embedded.
pub fn recovery_page(
    title: &str,
    lines: &[String],
    code: &Code,
    options: &PrintOptions,
) -> Result<Vec<u8>, PrintError> {
    let plan = Imposition::of(Sheet::A4, false);
    let mut document = Document::begin(Vec::new())?;
    let mut pages = Pages::begin(&mut document);
    let image = put_code(&mut document, code)?;
    let mut usage = Usage::default();
    let mut tools = Tools::new();
    let mut canvas = Canvas::new(&mut tools, &mut usage);
    let left = 22.0 * MM;
    let width = plan.width - 2.0 * left;
    let room = Room {
        width,
        size: 24.0,
        least: 14.0,
        lines: 2,
    };
    let heading = canvas.fit(title, Weight::Bold, room);
    let mut y = canvas.block(&heading, BLACK, left, plan.height - 32.0 * MM, 1.15) - 6.0 * MM;
    canvas.stroke(LINE, 0.5, &[(left, y), (plan.width - left, y)]);
    y -= 8.0 * MM;
    let side = 70.0 * MM;
    let code_top = 22.0 * MM + side;
    for text in lines.iter().take(LINES) {
        let room = Room {
            width,
            size: 10.5,
            least: 8.5,
            lines: 3,
        };
        let block = canvas.fit(text, Weight::Regular, room);
        let height = block.size * 1.35 * (block.lines.len() as f32 - 1.0);
        if y - height < code_top + 14.0 * MM {
            break;
        }
        for line in &block.lines {
            canvas.text(line, BLACK, block.size, left, y, Align::Left);
            y -= block.size * 1.35;
        }
        y -= 1.0 * MM;
    }
    canvas.fill(BLACK);
    canvas.content.save_state();
    canvas
        .content
        .transform([side, 0.0, 0.0, side, left, 22.0 * MM]);
    canvas.content.x_object(Name(b"Q0")).restore_state();
    let content = Deflater::new().deflate(&canvas.finish());
    let id = document.allocate();
    document.put_deflated(id, &content)?;
    document.put_page(&mut pages, &plan.boxes, id, &[(b"Q0", image)])?;
    let meta = Meta {
        title: clean(title).into_owned(),
        author: String::new(),
        language: Labels::for_language(options.labels.language)
            .language
            .to_owned(),
        created_ms: options.created_ms,
    };
    Ok(document.finish(pages, &usage, &meta)?.0)
}
