//! What cameras hand over, turned to grey; and which of their offers to take.

use super::CameraWish;
use crate::source::{Picture, SourceError, jpeg};

/// How a camera lays its pixels out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// A JPEG frame.
    Jpeg,
    /// Grey and colour by turns (YUYV).
    Yuyv,
    /// All grey, then all colour (NV12).
    Nv12,
    /// Grey alone.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// One kind of frames that a camera offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) layout: Layout,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) frames: u32,
}

/// Turns a frame to grey; rows may be longer than their pixels.
pub(super) fn unpack(
    layout: Layout,
    width: u32,
    height: u32,
    bytes: &[u8],
    into: &mut Picture,
) -> Result<(), SourceError> {
    let pixels = width as usize;
    // Drivers that pad rows do so to a few bytes, each alike, and the frame's length tells by
    // how much; what else is longer is a buffer of whole pages.
    let stride = |row: usize, rows: usize| {
        let padded = bytes.len() / rows.max(1);
        let fits = bytes.len().is_multiple_of(rows.max(1)) && padded < row + 256;
        if fits && padded > row { padded } else { row }
    };
    let rows = height as usize;
    match layout {
        Layout::Jpeg => jpeg::unpack(bytes, into),
        Layout::Grey => into.copy(width, height, stride(pixels, rows), bytes),
        Layout::Nv12 => into.copy(width, height, stride(pixels, rows + rows / 2), bytes),
        Layout::Yuyv => into.copy_with(width, height, stride(pixels * 2, rows), 2, bytes),
        Layout::Rgb | Layout::Bgr => {
            let stride = stride(pixels * 3, rows);
            let shares = if layout == Layout::Rgb {
                [77, 150, 29]
            } else {
                [29, 150, 77]
            };
            let needed = (stride as u64) * u64::from(height.max(1) - 1) + pixels as u64 * 3;
            if (bytes.len() as u64) < needed {
                into.clear();
                return Err(SourceError::FrameShape {
                    width,
                    height,
                    stride,
                    given: bytes.len(),
                });
            }
            into.fill(width, height, |luma| {
                for row in bytes.chunks(stride).take(rows) {
                    // ITU-R BT.601, in 256ths.
                    luma.extend(row[..pixels * 3].chunks_exact(3).map(|pixel| {
                        let sum: u32 = pixel
                            .iter()
                            .zip(shares)
                            .map(|(v, share)| u32::from(*v) * share)
                            .sum();
                        (sum / 256) as u8
                    }));
                }
                Ok(())
            })
        }
    }
}

/// The offer that serves the wish best: large enough with the least beyond it, then quick enough,
/// then the layout that costs the least to carry and to unpack.
pub(super) fn choose(offers: &[Offer], wish: CameraWish) -> Option<Offer> {
    let ease = |layout| match layout {
        Layout::Grey => 0,
        Layout::Nv12 => 1,
        Layout::Yuyv => 2,
        Layout::Jpeg => 3,
        Layout::Rgb | Layout::Bgr => 4,
    };
    let wanted = u64::from(wish.width) * u64::from(wish.height);
    offers
        .iter()
        .filter(|offer| offer.width > 0 && offer.height > 0)
        .min_by_key(|offer| {
            let pixels = u64::from(offer.width) * u64::from(offer.height);
            // Slow frames cost more than small ones: a code moves on before it is seen.
            let slow = offer.frames < wish.frames.min(15);
            let small = offer.width < wish.width || offer.height < wish.height;
            let lacks = wish.frames.saturating_sub(offer.frames);
            (
                slow,
                small,
                pixels.abs_diff(wanted),
                lacks,
                ease(offer.layout),
            )
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_becomes_grey() {
        let rgb = [255, 0, 0, 0, 255, 0];
        let bgr = [0, 0, 255, 0, 255, 0];
        let page = [5; 4_096];
        // layout, width, height, bytes, the greys or the error's code
        type Row<'a> = (Layout, u32, u32, &'a [u8], Result<&'a [u8], &'a str>);
        let table: &[Row<'_>] = &[
            (Layout::Grey, 2, 2, &[1, 2, 3, 4], Ok(&[1, 2, 3, 4])),
            (Layout::Grey, 2, 2, &page, Ok(&[5, 5, 5, 5])),
            (Layout::Grey, 2, 2, &[1, 2, 9, 3, 4, 9], Ok(&[1, 2, 3, 4])),
            (
                Layout::Nv12,
                2,
                2,
                &[1, 2, 3, 4, 128, 128],
                Ok(&[1, 2, 3, 4]),
            ),
            (
                Layout::Nv12,
                2,
                2,
                &[1, 2, 9, 9, 3, 4, 9, 9, 128, 128, 9, 9],
                Ok(&[1, 2, 3, 4]),
            ),
            (
                Layout::Yuyv,
                2,
                2,
                &[1, 0, 2, 0, 3, 0, 4, 0],
                Ok(&[1, 2, 3, 4]),
            ),
            (Layout::Rgb, 2, 1, &rgb, Ok(&[76, 149])),
            (Layout::Bgr, 2, 1, &bgr, Ok(&[76, 149])),
            (
                Layout::Bgr,
                1,
                2,
                &[0, 0, 255, 7, 7, 7, 0, 255, 0, 7, 7, 7],
                Ok(&[76, 149]),
            ),
            (Layout::Grey, 2, 2, &[1, 2, 3], Err("frame_shape")),
            (Layout::Yuyv, 2, 2, &[1, 0, 2, 0], Err("frame_shape")),
            (Layout::Rgb, 2, 2, &rgb, Err("frame_shape")),
            (Layout::Rgb, 0, 2, &[], Err("frame_empty")),
            (Layout::Jpeg, 2, 2, b"no jpeg", Err("frame_spoilt")),
            (Layout::Nv12, 60_000, 60_000, &[], Err("frame_too_large")),
        ];
        for (layout, width, height, bytes, wanted) in table {
            let mut picture = Picture::default();
            let got = unpack(*layout, *width, *height, bytes, &mut picture);
            let got = got.map(|()| picture.luma()).map_err(|error| error.code());
            assert_eq!(got, *wanted, "{layout:?} {bytes:?}");
        }
    }

    #[test]
    fn the_nearest_offer_is_taken() {
        let offer = |layout, width, height, frames| Offer {
            layout,
            width,
            height,
            frames,
        };
        let wish = CameraWish::default();
        let yuyv_slow = offer(Layout::Yuyv, 1_280, 720, 10);
        let jpeg = offer(Layout::Jpeg, 1_280, 720, 30);
        let small = offer(Layout::Yuyv, 640, 480, 30);
        let large = offer(Layout::Jpeg, 1_920, 1_080, 30);
        let nv12 = offer(Layout::Nv12, 1_280, 720, 30);
        let table: &[(&[Offer], Option<Offer>)] = &[
            (&[], None),
            (&[small, yuyv_slow, jpeg, large], Some(jpeg)),
            (&[jpeg, nv12], Some(nv12)),
            (&[small, large], Some(large)),
            (&[small, yuyv_slow], Some(small)),
            (&[yuyv_slow], Some(yuyv_slow)),
            (&[offer(Layout::Grey, 0, 720, 30)], None),
        ];
        for (offers, wanted) in table {
            assert_eq!(choose(offers, wish), *wanted, "{offers:?}");
        }
    }
}
