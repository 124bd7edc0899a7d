//! Embedding: one subset TrueType font per face, with the maps from what pages write to it.

use std::io::{self, Write};

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::deflate::Deflater;
use super::document::{Document, quiet_chunk};
use crate::text::faces::{FaceId, face};
use crate::text::usage::FaceUsage;

const IDENTITY: SystemInfo<'_> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// Writes a face cut down to the glyphs in use. Pages name glyphs by the numbers of the whole
/// face; a map from those to the subset's numbers is part of what is written.
pub(super) fn write_font<W: Write>(
    document: &mut Document<W>,
    id: FaceId,
    used: &FaceUsage,
) -> io::Result<Ref> {
    let face = face(id);
    let glyphs: Vec<u16> = used.glyphs().collect();
    let mut remapper = GlyphRemapper::new();
    for glyph in &glyphs {
        remapper.remap(*glyph);
    }
    let program = subsetter::subset(face.data, 0, &remapper)
        .map_err(|error| io::Error::other(format!("{}: {error:?}", face.name)))?;
    let name = format!("{}+{}", tag(&glyphs), face.name);
    let mut deflater = Deflater::new();

    let font = document.allocate();
    let cid_font = document.allocate();
    let descriptor = document.allocate();
    let to_unicode = document.allocate();
    let file = document.allocate();
    let map = document.allocate();

    let mut chunk = quiet_chunk(256);
    chunk
        .type0_font(font)
        .base_font(Name(name.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid_font)
        .to_unicode(to_unicode);
    document.put_chunk(font, &chunk)?;

    let mut chunk = quiet_chunk(1024);
    let mut dict = chunk.cid_font(cid_font);
    dict.subtype(CidFontType::Type2)
        .base_font(Name(name.as_bytes()))
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(1000.0)
        .cid_to_gid_map_stream(map);
    let mut widths = dict.widths();
    let mut at = 0;
    while at < glyphs.len() {
        let mut end = at + 1;
        while end < glyphs.len() && glyphs[end] == glyphs[end - 1] + 1 {
            end += 1;
        }
        widths.consecutive(
            glyphs[at],
            glyphs[at..end].iter().map(|g| face.advance(*g) as f32),
        );
        at = end;
    }
    widths.finish();
    dict.finish();
    document.put_chunk(cid_font, &chunk)?;

    let metrics = face.metrics();
    let mut chunk = quiet_chunk(512);
    chunk
        .font_descriptor(descriptor)
        .name(Name(name.as_bytes()))
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(
            metrics.bbox[0],
            metrics.bbox[1],
            metrics.bbox[2],
            metrics.bbox[3],
        ))
        .italic_angle(0.0)
        .ascent(metrics.ascent)
        .descent(metrics.descent)
        .cap_height(metrics.cap_height)
        .stem_v(if face.bold { 140.0 } else { 80.0 })
        .font_file2(file);
    document.put_chunk(descriptor, &chunk)?;

    let mut cmap = UnicodeCmap::new(Name(b"Gatehouse-UCS"), IDENTITY);
    for glyph in &glyphs {
        if let Some(c) = face.character(*glyph) {
            cmap.pair(*glyph, c);
        } else {
            cmap.pair_with_multiple(*glyph, used.text(*glyph).unwrap_or("\u{FFFD}").chars());
        }
    }
    let cmap = deflater.deflate(cmap.finish().as_slice());
    document.put_deflated(to_unicode, &cmap)?;

    let deflated = deflater.deflate(&program);
    let mut chunk = quiet_chunk(deflated.len() + 128);
    let mut stream = chunk.stream(file, &deflated);
    stream
        .filter(Filter::FlateDecode)
        .pair(Name(b"Length1"), program.len() as i32);
    stream.finish();
    document.put_chunk(file, &chunk)?;

    let last = glyphs.last().copied().unwrap_or(0);
    let mut gids = vec![0u8; (usize::from(last) + 1) * 2];
    for glyph in &glyphs {
        let new = remapper.get(*glyph).unwrap_or(0).to_be_bytes();
        gids[usize::from(*glyph) * 2..][..2].copy_from_slice(&new);
    }
    let gids = deflater.deflate(&gids);
    document.put_deflated(map, &gids)?;
    Ok(font)
}

/// Six letters that name the subset, drawn from its glyphs (ISO 32000-1, 9.6.4).
fn tag(glyphs: &[u16]) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for glyph in glyphs {
        hash = (hash ^ u64::from(*glyph)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    (0..6)
        .map(|_| {
            let letter = (hash % 26) as u8;
            hash /= 26;
            char::from(b'A' + letter)
        })
        .collect()
}
