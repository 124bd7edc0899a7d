//! What kind of file the bytes are.

use std::fmt;

/// The kinds of files that are read as lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter (RFC 4180 and its relatives).
    Csv,
    /// An Office Open XML workbook (ECMA-376).
    Xlsx,
    /// An Excel 97–2003 workbook.
    Xls,
}

impl Format {
    /// The kind's usual file name extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

/// What the first bytes tell.
pub(crate) enum Kind {
    /// Perhaps text.
    Text,
    /// A ZIP container.
    Zip,
    /// A Microsoft compound file (CFB).
    Compound,
    /// Something that is no list, by name.
    Other(&'static str),
}

/// The signatures of things that people drop by mistake.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3\0", "a database"),
    (b"{\\rtf", "an RTF document"),
    (b"BEGIN:VCARD", "a vCard file"),
];

/// Markup that spreadsheets save, or web servers send, under the name of a list.
const MARKUP: &[&str] = &["<!doctype", "<html", "<?xml", "<table", "<svg"];

pub(crate) fn tell_kind(bytes: &[u8]) -> Kind {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Kind::Compound;
    }
    for (signature, name) in SIGNATURES {
        if bytes.starts_with(signature) {
            return Kind::Other(name);
        }
    }
    let head = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let head = String::from_utf8_lossy(&head[..head.len().min(16)]).to_ascii_lowercase();
    if MARKUP.iter().any(|tag| head.starts_with(tag)) {
        return Kind::Other("a web page or XML document");
    }
    Kind::Text
}
