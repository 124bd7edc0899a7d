//! The organizer's colour and logo on guests' pages.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;
use crate::routes::door::{At, blocking};
use crate::version::version_of;
use crate::workspace::Workspace;

/// How long a browser keeps them; another version has another address.
const KEEP: &str = "public, max-age=3600";

/// What a page says of the brand.
#[derive(Debug, Serialize)]
pub(super) struct Brand {
    pub(super) organizer: String,
    colour: Option<String>,
    logo: bool,
    version: String,
}

impl Brand {
    pub(super) fn of(workspace: &Workspace) -> Result<Self, Problem> {
        let (settings, logo) = workspace.file().branding_face()?;
        Ok(Self {
            version: version_of(&(&settings, logo))?,
            organizer: settings.organizer,
            colour: settings.colour,
            logo: logo.is_some(),
        })
    }
}

/// The brand's colour as a style sheet, with the text on it that is read best.
pub(super) async fn style(State(door): At) -> Response {
    let settings = blocking(door, |door| Ok(door.workspace.file().branding_face()?.0)).await;
    let rgb = match settings {
        Ok(settings) => settings.rgb(),
        Err(refusal) => return refusal.into_response(),
    };
    let style = rgb.map_or_else(String::new, |rgb| {
        let [red, green, blue] = rgb;
        let ink = ink_on(rgb);
        format!(":root{{--brand:#{red:02x}{green:02x}{blue:02x};--on-brand:{ink}}}\n")
    });
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, KEEP),
    ];
    (headers, style).into_response()
}

/// The logo.
pub(super) async fn logo(State(door): At) -> Response {
    let row = blocking(door, |door| door.workspace.branding()).await;
    match row.map(|row| row.logo) {
        Ok(Some((bytes, kind))) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, KEEP.to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// White or ink, whichever stands out more from a colour (WCAG 2.2, relative luminance).
fn ink_on(rgb: [u8; 3]) -> &'static str {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = rgb.map(linear);
    let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (white, ink) = (
        1.05 / (luminance + 0.05),
        (luminance + 0.05) / (0.0103 + 0.05),
    );
    if white >= ink { "#ffffff" } else { "#1b1a17" }
}

#[cfg(test)]
mod tests {
    use super::ink_on;

    #[test]
    fn text_on_the_brands_colour_stands_out() {
        for (rgb, ink) in [
            ([0x2e, 0x4b, 0xd8], "#ffffff"),
            ([0xff, 0xc5, 0x3d], "#1b1a17"),
            ([0, 0, 0], "#ffffff"),
            ([0xff, 0xff, 0xff], "#1b1a17"),
            ([0xe0, 0x3a, 0x2f], "#ffffff"),
        ] {
            assert_eq!(ink_on(rgb), ink, "{rgb:?}");
        }
    }
}
