//! Printed pages seen again: a PDF's pages become grey pictures, as a camera or scanner would have
//! them, for the real decoder or for the film that a gate is shown.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, anyhow};
use gatehouse_credential::qr::{Effort, GreyImage, decode};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rayon::prelude::*;

/// Pages that one thread renders with one cache.
const PAGES_TOGETHER: usize = 32;
/// Frames of a film that show the same: what a quick look does not read, the next one does.
const HELD: usize = 2;
/// Quality of a film's pictures, of 100.
const QUALITY: u8 = 85;

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
    let pdf = document(bytes)?;
    let done = AtomicUsize::new(0);
    let codes: Vec<Vec<Vec<String>>> = pdf
        .pages()
        .par_chunks(PAGES_TOGETHER)
        .map(|pages| {
            pictures(pages, dpi, |picture| {
                let codes = decode(&picture.as_frame()?, Effort::Normal);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                Ok(codes.into_iter().map(|code| code.text).collect())
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(codes.into_iter().flatten().collect())
}

/// Films the first `most` pages of a document as they are seen at `dpi`.
pub(crate) fn film(path: &Path, dpi: f32, most: usize, film: &mut Film) -> anyhow::Result<()> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let pdf = document(bytes)?;
    let pages = pdf.pages();
    let pages = &pages[..most.min(pages.len())];
    for pages in pages.chunks(PAGES_TOGETHER * rayon::current_num_threads()) {
        let seen: Vec<Vec<GreyImage>> = pages
            .par_chunks(PAGES_TOGETHER)
            .map(|pages| pictures(pages, dpi, Ok))
            .collect::<anyhow::Result<_>>()?;
        for picture in seen.iter().flatten() {
            film.show(picture)?;
        }
    }
    Ok(())
}

/// A grey film of JPEG pictures, one after the other, in which everything is held for a moment.
pub(crate) struct Film {
    to: BufWriter<std::fs::File>,
}

impl Film {
    /// An empty film at `path`.
    pub(crate) fn begin(path: &Path) -> anyhow::Result<Self> {
        let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
        Ok(Self {
            to: BufWriter::with_capacity(1 << 20, file),
        })
    }

    /// Holds a picture for as long as a gate takes to look twice.
    pub(crate) fn show(&mut self, picture: &GreyImage) -> anyhow::Result<()> {
        let mut frame = Vec::new();
        JpegEncoder::new_with_quality(&mut frame, QUALITY).write_image(
            &picture.luma,
            picture.width,
            picture.height,
            ExtendedColorType::L8,
        )?;
        for _ in 0..HELD {
            self.to.write_all(&frame)?;
        }
        Ok(())
    }

    /// Writes what is left of it.
    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

fn document(bytes: Vec<u8>) -> anyhow::Result<Pdf> {
    Pdf::new(bytes).map_err(|e| anyhow!("the PDF can't be read: {e:?}"))
}

/// What `look` makes of each page's picture.
fn pictures<T>(
    pages: &[Page<'_>],
    dpi: f32,
    look: impl Fn(GreyImage) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let (cache, interpreter) = (RenderCache::new(), InterpreterSettings::default());
    let settings = RenderSettings::default();
    let scale = dpi / 72.0;
    let pixmap = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    let seen = pages.iter().map(|page| {
        let picture = render(page, &cache, &interpreter, &settings, &pixmap);
        look(GreyImage {
            width: u32::from(picture.width()),
            height: u32::from(picture.height()),
            luma: picture
                .data_as_u8_slice()
                .chunks_exact(4)
                .map(|p| luma(p[0], p[1], p[2]))
                .collect(),
        })
    });
    seen.collect()
}

/// Luma of ITU-R BT.601.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000) as u8
}
