//! Pages seen before they are printed.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::{ExtendedColorType, ImageEncoder};

use crate::home::EventHome;
use crate::printing::PrintJob;
use crate::problem::Problem;

/// The longer side of a picture, in pixels.
const LONGER_SIDE: f32 = 1_400.0;

impl EventHome {
    /// The first page of a job as it would be printed, as PNG. Nothing is marked as printed.
    pub fn preview_page(&self, job: PrintJob) -> Result<Vec<u8>, Problem> {
        picture_of(self.print_first_page(job)?)
    }
}

pub(crate) fn picture_of(pdf: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let failed = |what: String| Problem::new("preview_failed", what);
    let pdf = Pdf::new(pdf).map_err(|e| failed(format!("the page can't be read: {e:?}")))?;
    let pages = pdf.pages();
    let page = pages
        .first()
        .ok_or_else(|| failed("there is no page".to_owned()))?;
    let (width, height) = page.render_dimensions();
    let scale = LONGER_SIDE / width.max(height).max(1.0);
    let settings = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    let picture = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new(&mut png)
        .write_image(
            picture.data_as_u8_slice(),
            picture.width().into(),
            picture.height().into(),
            ExtendedColorType::Rgba8,
        )
        .map_err(|e| failed(e.to_string()))?;
    Ok(png)
}
