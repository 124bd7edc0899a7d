//! What pages draw by name: forms that many share, and codes.

use std::io::Write;

use pdf_writer::{Filter, Finish, Name, Rect, Ref};

use crate::PrintError;
use crate::face::Code;
use crate::pdf::{Document, quiet_chunk};

/// Name of the logo inside a form.
pub(crate) const LOGO: &str = "Logo";

/// Writes a form that draws text with the document's fonts, and the picture named `Logo`.
pub(crate) fn put_form<W: Write>(
    document: &mut Document<W>,
    deflated: &[u8],
    [left, bottom, right, top]: [f32; 4],
    logo: Option<Ref>,
) -> Result<Ref, PrintError> {
    let id = document.allocate();
    let fonts = document.fonts;
    let mut chunk = quiet_chunk(deflated.len() + 256);
    let mut form = chunk.form_xobject(id, deflated);
    form.filter(Filter::FlateDecode);
    form.bbox(Rect::new(left, bottom, right, top));
    let mut resources = form.resources();
    resources.pair(Name(b"Font"), fonts);
    if let Some(logo) = logo {
        resources.x_objects().pair(Name(LOGO.as_bytes()), logo);
    }
    resources.finish();
    form.finish();
    document.put_chunk(id, &chunk)?;
    Ok(id)
}

/// Writes a code as a stencil: one bit a module, painted with the fill in force, so black is the
/// black ink alone and every edge lies on the module grid. It is not compressed: a code looks like
/// noise and would only grow.
pub(crate) fn put_code<W: Write>(
    document: &mut Document<W>,
    code: &Code,
) -> Result<Ref, PrintError> {
    let id = document.allocate();
    let mut chunk = quiet_chunk(code.bits().len() + 256);
    let side = i32::from(code.size());
    let mut image = chunk.image_xobject(id, code.bits());
    image
        .width(side)
        .height(side)
        .image_mask(true)
        .bits_per_component(1)
        .decode([1.0, 0.0]);
    image.finish();
    document.put_chunk(id, &chunk)?;
    Ok(id)
}
