//! What a document says about itself, as the Info dictionary and as XMP (PDF/A-2u wants both to
//! agree).

use std::fmt::Write as _;

use pdf_writer::Date;

/// A document's description.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meta {
    pub(crate) title: String,
    pub(crate) author: String,
    /// BCP 47 tag.
    pub(crate) language: String,
    /// UTC milliseconds.
    pub(crate) created_ms: Option<i64>,
}

struct Civil {
    year: i64,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

/// The proleptic Gregorian date of UTC milliseconds (Hinnant's day count).
fn civil(ms: i64) -> Civil {
    let seconds = ms.div_euclid(1000);
    let day = seconds.div_euclid(86_400);
    let clock = seconds.rem_euclid(86_400);
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u8,
        day: (of_year - (153 * part + 2) / 5 + 1) as u8,
        hour: (clock / 3600) as u8,
        minute: (clock / 60 % 60) as u8,
        second: (clock % 60) as u8,
    }
}

/// The date as the Info dictionary writes it.
pub(crate) fn date(ms: i64) -> Date {
    let at = civil(ms);
    Date::new(at.year.clamp(0, 9999) as u16)
        .month(at.month)
        .day(at.day)
        .hour(at.hour)
        .minute(at.minute)
        .second(at.second)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The XMP packet.
pub(crate) fn xmp(meta: &Meta, identity: &[u8; 16]) -> String {
    let mut out = String::with_capacity(1600);
    out.push_str("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    out.push_str("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">");
    out.push_str("<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">");
    out.push_str("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>");
    out.push_str("<dc:format>application/pdf</dc:format>");
    let _ = write!(
        out,
        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>",
        escape(&meta.title)
    );
    if !meta.author.is_empty() {
        let _ = write!(
            out,
            "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
            escape(&meta.author)
        );
    }
    out.push_str(
        "<xmp:CreatorTool>Gatehouse</xmp:CreatorTool><pdf:Producer>Gatehouse</pdf:Producer>",
    );
    if let Some(ms) = meta.created_ms {
        let at = civil(ms);
        let stamp = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00",
            at.year.clamp(0, 9999),
            at.month,
            at.day,
            at.hour,
            at.minute,
            at.second
        );
        let _ = write!(
            out,
            "<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>"
        );
    }
    out.push_str("<xmpMM:DocumentID>uuid:");
    for (index, byte) in identity.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
    out.push_str("</xmpMM:DocumentID></rdf:Description></rdf:RDF></x:xmpmeta>\n");
    out.push_str("<?xpacket end=\"r\"?>");
    out
}

/// Text safe between XML tags; characters that XML 1.0 does not have are dropped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_1970() {
        for (ms, wanted) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399_000, "2000-02-28T23:59:59"),
            (951_782_400_000, "2000-02-29T00:00:00"),
            (1_790_000_000_000, "2026-09-21T14:13:20"),
            (-1, "1969-12-31T23:59:59"),
        ] {
            let meta = Meta {
                created_ms: Some(ms),
                ..Meta::default()
            };
            assert!(xmp(&meta, &[0; 16]).contains(wanted), "{wanted}");
        }
    }

    #[test]
    fn metadata_is_escaped() {
        let meta = Meta {
            title: "<A & \"B\">\u{1}".into(),
            ..Meta::default()
        };
        assert!(xmp(&meta, &[0; 16]).contains("&lt;A &amp; &quot;B&quot;&gt;<"));
    }
}
