//! The document: objects, pages, cross-reference table.

use std::io::{self, Write};

use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::{Chunk, Filter, Finish, Name, Obj, Pdf, Rect, Ref, Settings, TextStr};

use super::deflate::Deflater;
use super::fonts::write_font;
use super::metadata::{Meta, date, xmp};
use crate::text::usage::Usage;

/// ICC profile of the printing condition; assets/icc/README.md says where it comes from.
const PROFILE: &[u8] = include_bytes!("../../../../assets/icc/coated.icc");
const CONDITION: &str = "FOGRA39";

/// Pages under one node of the page tree.
const BRANCH: usize = 64;

/// The boxes of a page, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PageBoxes {
    pub(crate) media: Rect,
    pub(crate) bleed: Rect,
    pub(crate) trim: Rect,
}

/// A document on its way out.
pub(crate) struct Document<W: Write> {
    out: W,
    at: u64,
    /// Where each object begins; object 1 first, 0 for one not written yet.
    offsets: Vec<u64>,
    digest: Digest,
    /// The dictionary that names all fonts, which every page and form refers to.
    pub(crate) fonts: Ref,
}

/// The page tree while it grows.
pub(crate) struct Pages {
    root: Ref,
    branches: Vec<(Ref, usize)>,
    open: Ref,
    kids: Vec<Ref>,
    count: usize,
}

impl<W: Write> Document<W> {
    /// Begins a document: PDF 1.7.
    pub(crate) fn begin(out: W) -> io::Result<Self> {
        let mut document = Document {
            out,
            at: 0,
            offsets: Vec::new(),
            digest: Digest::new(),
            fonts: Ref::new(1),
        };
        document.raw(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        document.fonts = document.allocate();
        Ok(document)
    }

    /// A number for an object that is written later.
    pub(crate) fn allocate(&mut self) -> Ref {
        self.offsets.push(0);
        Ref::new(self.offsets.len() as i32)
    }

    /// Writes one object under an allocated number.
    pub(crate) fn put(&mut self, id: Ref, fill: impl FnOnce(Obj<'_>)) -> io::Result<()> {
        let mut chunk = Chunk::with_settings_and_capacity(Settings { pretty: false }, 512);
        fill(chunk.indirect(id));
        self.put_chunk(id, &chunk)
    }

    /// Writes a chunk that holds exactly the object `id`.
    pub(crate) fn put_chunk(&mut self, id: Ref, chunk: &Chunk) -> io::Result<()> {
        self.offsets[id.get() as usize - 1] = self.at;
        self.raw(chunk.as_bytes())
    }

    /// Writes a stream that is already deflated.
    pub(crate) fn put_deflated(&mut self, id: Ref, deflated: &[u8]) -> io::Result<()> {
        let mut chunk = quiet_chunk(deflated.len() + 128);
        chunk.stream(id, deflated).filter(Filter::FlateDecode);
        self.put_chunk(id, &chunk)
    }

    /// Writes a page.
    pub(crate) fn put_page(
        &mut self,
        pages: &mut Pages,
        boxes: &PageBoxes,
        content: Ref,
        x_objects: &[(&[u8], Ref)],
    ) -> io::Result<()> {
        let id = self.allocate();
        let parent = pages.add(self, id)?;
        let fonts = self.fonts;
        let mut chunk = quiet_chunk(512);
        let mut page = chunk.page(id);
        page.parent(parent);
        page.media_box(boxes.media).crop_box(boxes.media);
        page.bleed_box(boxes.bleed)
            .trim_box(boxes.trim)
            .art_box(boxes.trim);
        page.contents(content);
        let mut resources = page.resources();
        resources.pair(Name(b"Font"), fonts);
        if !x_objects.is_empty() {
            let mut names = resources.x_objects();
            for (name, id) in x_objects {
                names.pair(Name(name), *id);
            }
        }
        resources.finish();
        page.finish();
        self.put_chunk(id, &chunk)
    }

    /// Writes fonts, page tree, metadata and table, and gives back the stream and its length.
    pub(crate) fn finish(
        mut self,
        pages: Pages,
        usage: &Usage,
        meta: &Meta,
    ) -> io::Result<(W, u64)> {
        self.write_fonts(usage)?;
        let root = pages.close(&mut self)?;

        let identity = self.digest.value();
        let info = self.allocate();
        self.put(info, |obj| {
            let mut dict = obj.dict();
            dict.pair(Name(b"Title"), TextStr(&meta.title));
            if !meta.author.is_empty() {
                dict.pair(Name(b"Author"), TextStr(&meta.author));
            }
            dict.pair(Name(b"Creator"), TextStr("Gatehouse"));
            dict.pair(Name(b"Producer"), TextStr("Gatehouse"));
            if let Some(created) = meta.created_ms {
                dict.pair(Name(b"CreationDate"), date(created));
                dict.pair(Name(b"ModDate"), date(created));
            }
        })?;

        let metadata = self.allocate();
        let packet = xmp(meta, &identity);
        // Metadata stays uncompressed, so that any program finds it.
        let mut chunk = quiet_chunk(packet.len() + 128);
        chunk.metadata(metadata, packet.as_bytes());
        self.put_chunk(metadata, &chunk)?;

        let profile = self.allocate();
        let deflated = deflated_profile();
        let mut chunk = quiet_chunk(deflated.len() + 128);
        chunk
            .icc_profile(profile, deflated)
            .n(4)
            .filter(Filter::FlateDecode);
        self.put_chunk(profile, &chunk)?;

        let catalog = self.allocate();
        let mut pdf = Pdf::with_settings(Settings { pretty: false });
        let head = pdf.len();
        {
            let mut dict = pdf.catalog(catalog);
            dict.pages(root);
            dict.metadata(metadata);
            dict.lang(TextStr(&meta.language));
            dict.viewer_preferences().display_doc_title(true);
            let mut intents = dict.output_intents();
            let mut intent = intents.push();
            intent.subtype(OutputIntentSubtype::PDFA);
            intent.output_condition_identifier(TextStr(CONDITION));
            intent.output_condition(TextStr("Offset on coated paper (ISO 12647-2)"));
            intent.registry_name(TextStr("http://www.color.org"));
            intent.info(TextStr("Offset on coated paper, FOGRA39"));
            intent.dest_output_profile(profile);
        }
        let body = pdf.as_bytes()[head..].to_vec();
        self.offsets[catalog.get() as usize - 1] = self.at;
        self.raw(&body)?;
        self.write_table(catalog, info, &identity)?;
        self.out.flush()?;
        Ok((self.out, self.at))
    }

    fn write_fonts(&mut self, usage: &Usage) -> io::Result<()> {
        let mut names = Vec::new();
        for (face, used) in usage.faces() {
            let id = write_font(self, face, used)?;
            names.push((face, id));
        }
        let fonts = self.fonts;
        self.put(fonts, |obj| {
            let mut dict = obj.dict();
            for (face, id) in names {
                dict.pair(Name(font_name(face).as_bytes()), id);
            }
        })
    }

    fn write_table(&mut self, root: Ref, info: Ref, identity: &[u8; 16]) -> io::Result<()> {
        let start = self.at;
        let size = self.offsets.len() + 1;
        let mut table = Vec::with_capacity(size * 20 + 256);
        write!(table, "xref\n0 {size}\n0000000000 65535 f\r\n")?;
        for offset in &self.offsets {
            debug_assert!(*offset > 0, "every allocated object is written");
            write!(table, "{offset:010} 00000 n\r\n")?;
        }
        write!(
            table,
            "trailer\n<</Size {size}/Root {} 0 R/Info {} 0 R/ID[",
            root.get(),
            info.get()
        )?;
        for _ in 0..2 {
            table.push(b'<');
            for byte in identity {
                write!(table, "{byte:02X}")?;
            }
            table.push(b'>');
        }
        write!(table, "]>>\nstartxref\n{start}\n%%EOF\n")?;
        self.raw(&table)
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.add(bytes);
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

impl Pages {
    /// Begins a page tree.
    pub(crate) fn begin<W: Write>(document: &mut Document<W>) -> Self {
        let root = document.allocate();
        let open = document.allocate();
        Pages {
            root,
            branches: Vec::new(),
            open,
            kids: Vec::with_capacity(BRANCH),
            count: 0,
        }
    }

    /// How many pages there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    fn add<W: Write>(&mut self, document: &mut Document<W>, page: Ref) -> io::Result<Ref> {
        if self.kids.len() == BRANCH {
            self.close_branch(document)?;
            self.open = document.allocate();
        }
        self.kids.push(page);
        self.count += 1;
        Ok(self.open)
    }

    fn close_branch<W: Write>(&mut self, document: &mut Document<W>) -> io::Result<()> {
        let (root, open) = (self.root, self.open);
        let mut chunk = quiet_chunk(1024);
        let mut node = chunk.pages(open);
        node.pair(Name(b"Parent"), root);
        node.count(self.kids.len() as i32)
            .kids(self.kids.iter().copied());
        node.finish();
        document.put_chunk(open, &chunk)?;
        self.branches.push((open, self.kids.len()));
        self.kids.clear();
        Ok(())
    }

    fn close<W: Write>(mut self, document: &mut Document<W>) -> io::Result<Ref> {
        self.close_branch(document)?;
        let mut chunk = quiet_chunk(1024);
        let mut node = chunk.pages(self.root);
        node.count(self.count as i32)
            .kids(self.branches.iter().map(|(id, _)| *id));
        node.finish();
        document.put_chunk(self.root, &chunk)?;
        Ok(self.root)
    }
}

/// The name of a face in content streams.
pub(crate) fn font_name(face: u8) -> String {
    format!("F{face}")
}

pub(crate) fn quiet_chunk(capacity: usize) -> Chunk {
    Chunk::with_settings_and_capacity(Settings { pretty: false }, capacity)
}

fn deflated_profile() -> &'static [u8] {
    static DEFLATED: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| Deflater::thorough().deflate(PROFILE));
    &DEFLATED
}

/// A name for the document drawn from its bytes: the same document has the same name. It guards
/// against nothing, so it is quick rather than cryptographic.
struct Digest {
    a: u64,
    b: u64,
}

impl Digest {
    fn new() -> Self {
        Digest {
            a: 0x9E37_79B9_7F4A_7C15,
            b: 0xC2B2_AE3D_27D4_EB4F,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.mix(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        let mut last = [0u8; 8];
        let rest = words.remainder();
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ (rest.len() as u64) << 56);
    }

    fn mix(&mut self, word: u64) {
        self.a = (self.a ^ word)
            .wrapping_mul(0xFF51_AFD7_ED55_8CCD)
            .rotate_left(31);
        self.b = (self.b.rotate_left(27) ^ word).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    }

    fn value(&self) -> [u8; 16] {
        let mut value = [0; 16];
        value[..8].copy_from_slice(&(self.a ^ self.a >> 29).to_be_bytes());
        value[8..].copy_from_slice(&(self.b ^ self.b >> 32).to_be_bytes());
        value
    }
}
