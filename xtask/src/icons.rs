//! `cargo xtask icons`: every size and form of the application's icon, from the one drawing.

use std::path::Path;

use crate::command::{Stop, must, program, root};
use crate::setup;

/// The sizes that are kept as PNG files, in pixels.
const PNG_SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];
/// The sizes in the icon of Windows, smallest first.
const ICO_SIZES: [u32; 6] = [16, 24, 32, 48, 64, 256];
/// The sizes in the icon of macOS, by their types (`ic11` and up to `ic14` are for double density).
const ICNS_SIZES: [(&[u8; 4], u32); 10] = [
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic10", 1024),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic13", 256),
    (b"ic14", 512),
];

/// Draws `icons/gatehouse.svg` anew in all sizes.
pub(crate) fn draw() -> Result<(), Stop> {
    let resvg = setup::for_icons()?;
    let icons = root().join("icons");
    let scratch = crate::command::target_dir().join("icons");
    std::fs::create_dir_all(&scratch).map_err(|e| trouble(&scratch, &e))?;

    let drawn = |size: u32| -> Result<Vec<u8>, Stop> {
        let path = scratch.join(format!("{size}.png"));
        let length = size.to_string();
        must(
            program(&resvg)
                .args(["--width", &length, "--height", &length])
                .arg(icons.join("gatehouse.svg"))
                .arg(&path),
        )?;
        std::fs::read(&path).map_err(|e| trouble(&path, &e))
    };
    let mut pictures = Vec::new();
    for size in PNG_SIZES.into_iter().chain([1024]) {
        pictures.push((size, drawn(size)?));
    }
    let picture = |size: u32| {
        pictures
            .iter()
            .find(|(drawn, _)| *drawn == size)
            .map_or(&[][..], |(_, png)| png)
    };

    for size in PNG_SIZES {
        write(&icons.join(format!("{size}x{size}.png")), picture(size))?;
    }
    let sizes: Vec<(u32, &[u8])> = ICO_SIZES.map(|size| (size, picture(size))).into();
    write(&icons.join("icon.ico"), &ico(&sizes))?;
    let types: Vec<(&[u8; 4], &[u8])> = ICNS_SIZES.map(|(kind, size)| (kind, picture(size))).into();
    write(&icons.join("icon.icns"), &icns(&types))
}

/// The icon file of Windows, holding PNG pictures.
fn ico(pictures: &[(u32, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0, 1, pictures.len() as u16] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    let mut at = 6 + 16 * pictures.len();
    for (size, png) in pictures {
        // A side of 256 is written as 0.
        let side = (size % 256) as u8;
        file.extend_from_slice(&[side, side, 0, 0]);
        for word in [1_u16, 32] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        for long in [png.len() as u32, at as u32] {
            file.extend_from_slice(&long.to_le_bytes());
        }
        at += png.len();
    }
    for (_, png) in pictures {
        file.extend_from_slice(png);
    }
    file
}

/// The icon file of macOS, holding PNG pictures.
fn icns(pictures: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let long = |length: usize| (length as u32).to_be_bytes();
    let whole: usize = pictures.iter().map(|(_, png)| 8 + png.len()).sum();
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&long(8 + whole));
    for (kind, png) in pictures {
        file.extend_from_slice(*kind);
        file.extend_from_slice(&long(8 + png.len()));
        file.extend_from_slice(png);
    }
    file
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    std::fs::write(path, bytes).map_err(|e| trouble(path, &e))
}

fn trouble(path: &Path, error: &std::io::Error) -> Stop {
    Stop::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_of_windows_points_at_its_pictures() {
        let file = ico(&[(16, b"small"), (256, b"large!")]);
        assert_eq!(file[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(
            file[6..22],
            [16, 16, 0, 0, 1, 0, 32, 0, 5, 0, 0, 0, 38, 0, 0, 0]
        );
        assert_eq!(
            file[22..38],
            [0, 0, 0, 0, 1, 0, 32, 0, 6, 0, 0, 0, 43, 0, 0, 0]
        );
        assert_eq!(&file[38..], b"smalllarge!");
    }

    #[test]
    fn an_icon_of_macos_tells_its_lengths() {
        let file = icns(&[(b"icp4", b"png")]);
        assert_eq!(file, b"icns\0\0\0\x13icp4\0\0\0\x0bpng");
    }

    #[test]
    fn what_is_kept_is_whole() {
        let icons = root().join("icons");
        let kept = |name: &str| std::fs::read(icons.join(name)).unwrap_or_default();
        for size in PNG_SIZES {
            let png = kept(&format!("{size}x{size}.png"));
            let width = png.get(16..20).map(<[u8]>::to_vec);
            assert_eq!(width, Some(size.to_be_bytes().to_vec()), "{size}");
        }
        let pictures: Vec<(u32, Vec<u8>)> = ICO_SIZES
            .map(|size| (size, kept(&format!("{size}x{size}.png"))))
            .into();
        let pictures: Vec<(u32, &[u8])> = pictures
            .iter()
            .map(|(size, png)| (*size, png.as_slice()))
            .collect();
        assert!(kept("icon.ico") == ico(&pictures), "icon.ico is older");
        assert!(kept("icon.icns").starts_with(b"icns"));
    }
}
