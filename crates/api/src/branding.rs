//! How the workspace presents itself: colour, logo, typeface, sender.

use gatehouse_credential::qr::QrCode;
use gatehouse_domain::account::Action;
use gatehouse_domain::branding::{BrandFont, Branding};
use gatehouse_print::{
    Brand, Code, Colour, EventFace, Logo, PrintOptions, Sheet, TicketFace, TicketPrinter, Typeface,
};
use gatehouse_store::workspace::BrandingRow;
use image::{GenericImageView, ImageReader, Limits};

use crate::accounts::Signed;
use crate::previews::picture_of;
use crate::problem::Problem;
use crate::version::check_seen;
use crate::workspace::Workspace;

/// Bytes of a logo at most.
pub(crate) const LARGEST_LOGO: usize = 2 << 20;
/// Bytes of a font at most.
pub(crate) const LARGEST_FONT: usize = 8 << 20;
/// Pixels of a logo's longer side as it is printed; a larger one is made smaller.
const LOGO_SIDE: u32 = 800;

impl Workspace {
    /// The branding; the usual one while nothing was set.
    pub fn branding(&self) -> Result<BrandingRow, Problem> {
        Ok(self.file().branding()?)
    }

    /// Changes what is said; refused where somebody changed it since `seen`.
    pub fn set_branding(
        &self,
        by: &Signed,
        wanted: &Branding,
        seen: Option<&str>,
    ) -> Result<BrandingRow, Problem> {
        self.change_branding(by, "change branding", |row| {
            check_seen(seen, &row.settings)?;
            row.settings = wanted.checked(row.own_font.is_some())?;
            Ok(())
        })
    }

    /// Keeps a logo (PNG or JPEG, 2 MB at most), or removes it.
    pub fn set_logo(&self, by: &Signed, picture: Option<Vec<u8>>) -> Result<BrandingRow, Problem> {
        let logo = picture
            .map(|bytes| {
                read_logo(&bytes)?;
                let kind = if bytes.starts_with(b"\x89PNG") {
                    "image/png"
                } else {
                    "image/jpeg"
                };
                Ok::<_, Problem>((bytes, kind.to_owned()))
            })
            .transpose()?;
        self.change_branding(by, "change logo", |row| {
            row.logo = logo;
            Ok(())
        })
    }

    /// Keeps the organizer's own font (TrueType, 8 MB at most), or removes it.
    pub fn set_own_font(&self, by: &Signed, font: Option<Vec<u8>>) -> Result<BrandingRow, Problem> {
        let font = font
            .map(|bytes| {
                if bytes.len() > LARGEST_FONT {
                    return Err(Problem::new(
                        "font_too_large",
                        "a font has 8 MB at most; nothing was changed",
                    ));
                }
                let (_, name) = Typeface::own(&bytes)
                    .map_err(|e| Problem::new("font_unusable", e.to_string()))?;
                Ok((bytes, name))
            })
            .transpose()?;
        self.change_branding(by, "change font", |row| {
            if font.is_none() && row.settings.font == BrandFont::Own {
                row.settings.font = BrandFont::Inter;
            }
            row.own_font = font;
            Ok(())
        })
    }

    fn change_branding(
        &self,
        by: &Signed,
        command: &str,
        change: impl FnOnce(&mut BrandingRow) -> Result<(), Problem>,
    ) -> Result<BrandingRow, Problem> {
        by.check(Action::ManageWorkspace)?;
        let edit = self.workspace_edit(Some(by), command, "branding");
        self.file().change_branding(&edit, change)
    }

    /// How tickets look.
    pub(crate) fn brand(&self) -> Result<Brand, Problem> {
        brand_of(&self.branding()?)
    }

    /// A sample ticket as `wanted` says, with the logo and font that are kept, as PNG.
    pub fn preview_branding(&self, wanted: &Branding) -> Result<Vec<u8>, Problem> {
        let row = self.branding()?;
        let settings = wanted.checked(row.own_font.is_some())?;
        let organizer = settings.organizer.clone();
        let brand = brand_of(&BrandingRow { settings, ..row })?;
        let event = EventFace {
            title: "Harbour Lights Gala".into(),
            date_line: "Saturday, 5 December 2026, 19:00".into(),
            place_line: "Old Customs House, 1 Quay Street".into(),
            organizer,
            ..EventFace::default()
        };
        let code = QrCode::encode("GATEHOUSE SAMPLE, NOT A TICKET. NO GATE ADMITS IT.")
            .map_err(|e| Problem::new("code_too_long", e.to_string()))?;
        let ticket = TicketFace {
            number: "#0001".into(),
            invitation: "INV-0001".into(),
            holder: "Maren Sample".into(),
            company: Some("Example & Daughters".into()),
            type_name: "VIP".into(),
            type_colour: Colour::new(1),
            seat: Some("Table 4 · Seat 2".into()),
            zone: Some("Lounge".into()),
            occasion: None,
            code: Code::new(code.modules() as u16, code.bits)?,
        };
        let options = PrintOptions {
            brand,
            ..PrintOptions::default()
        };
        let (pdf, _) = TicketPrinter::new(event, Sheet::A6, options).single(&[ticket])?;
        picture_of(pdf)
    }
}

fn brand_of(row: &BrandingRow) -> Result<Brand, Problem> {
    let typeface = match (row.settings.font, &row.own_font) {
        (BrandFont::Own, Some((font, _))) => {
            Typeface::own(font)
                .map_err(|e| Problem::new("font_unusable", e.to_string()))?
                .0
        }
        (BrandFont::NotoSans, _) => Typeface::NOTO_SANS,
        _ => Typeface::INTER,
    };
    Ok(Brand {
        colour: row.settings.rgb(),
        typeface,
        logo: row
            .logo
            .as_ref()
            .map(|(bytes, _)| read_logo(bytes))
            .transpose()?,
    })
}

fn read_logo(bytes: &[u8]) -> Result<Logo, Problem> {
    let unreadable = || {
        Problem::new(
            "logo_unreadable",
            "this is no PNG or JPEG picture, or one that is too large; nothing was changed. Save \
             it as PNG with 4,000 pixels a side at most",
        )
    };
    if bytes.len() > LARGEST_LOGO {
        return Err(Problem::new(
            "logo_too_large",
            "a logo has 2 MB at most; nothing was changed. Save a smaller copy",
        ));
    }
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| unreadable())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(4_000);
    limits.max_image_height = Some(4_000);
    reader.limits(limits);
    let mut picture = reader.decode().map_err(|_| unreadable())?;
    let (width, height) = picture.dimensions();
    if width.max(height) > LOGO_SIDE {
        picture = picture.thumbnail(LOGO_SIDE, LOGO_SIDE);
    }
    let pixels = picture.to_rgba8();
    Ok(Logo::from_rgba(
        pixels.width(),
        pixels.height(),
        pixels.as_raw(),
    )?)
}
