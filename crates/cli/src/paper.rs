//! Printed pages seen again: a PDF's pages become grey pictures, as a camera or scanner would have
//! them, and the real decoder reads their codes.

use std::path::Path;

use anyhow::{Context, anyhow};
use gatehouse_credential::qr::{Effort, GreyImage, decode};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use rayon::prelude::*;

/// Pages that one thread renders with one cache.
const PAGES_TOGETHER: usize = 32;

/// Renders every page at `dpi` and reads its codes, in the order of pages.
pub(crate) fn read_codes(
    path: &Path,
    dpi: f32,
    progress: &(dyn Fn(usize) + Sync),
) -> anyhow::Result<Vec<Vec<String>>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    read_codes_of(bytes, dpi, progress)
}

/// As [`read_codes`], of a document in memory.
pub(crate) fn read_codes_of(
    bytes: Vec<u8>,
    dpi: f32,
    progress: &(dyn Fn(usize) + Sync),
) -> anyhow::Result<Vec<Vec<String>>> {
    let pdf = Pdf::new(bytes).map_err(|e| anyhow!("the PDF can't be read: {e:?}"))?;
    let pages = pdf.pages();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let codes: Vec<Vec<Vec<String>>> = pages
        .par_chunks(PAGES_TOGETHER)
        .map(|pages| {
            let (cache, interpreter) = (RenderCache::new(), InterpreterSettings::default());
            let settings = RenderSettings::default();
            let scale = dpi / 72.0;
            let pixmap = PixmapSettings {
                x_scale: scale,
                y_scale: scale,
                bg_color: WHITE,
            };
            let mut found = Vec::with_capacity(pages.len());
            for page in pages {
                let picture = render(page, &cache, &interpreter, &settings, &pixmap);
                let grey = GreyImage {
                    width: u32::from(picture.width()),
                    height: u32::from(picture.height()),
                    luma: picture
                        .data_as_u8_slice()
                        .chunks_exact(4)
                        .map(|p| luma(p[0], p[1], p[2]))
                        .collect(),
                };
                let codes = decode(&grey.as_frame()?, Effort::Normal);
                found.push(codes.into_iter().map(|code| code.text).collect());
                let before = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                progress(before + 1);
            }
            Ok(found)
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(codes.into_iter().flatten().collect())
}

/// Luma of ITU-R BT.601.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000) as u8
}
