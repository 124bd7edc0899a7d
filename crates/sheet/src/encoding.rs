//! Which encoding a text is in.
//!
//! In this order: a byte order mark; the zero bytes of UTF-16; valid UTF-8; UTF-8 with a few
//! damaged places; what chardetng guesses. chardetng tells browsers' encodings apart and does not
//! know Mac Roman, which Excel for Mac still writes, so its guess is weighed against Mac Roman and
//! windows-1252 by how plausible the letters are where they stand: `é` inside a word is common,
//! `Ž` after a small letter or `‡` between letters is not.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::SheetError;

/// Decoded text, without its byte order mark, and the encoding's WHATWG name.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: &'static str,
}

/// How much of a text with legacy letters is weighed.
const SAMPLE_BYTES: usize = 256 * 1024;

/// Decodes a text in the encoding named (a WHATWG label), or in the one that it seems to be in.
pub(crate) fn decode(bytes: Vec<u8>, asked: Option<&str>) -> Result<Decoded, SheetError> {
    if let Some(label) = asked {
        let encoding = Encoding::for_label(label.trim().as_bytes())
            .ok_or_else(|| SheetError::Undecodable(format!(": “{label}” is no encoding")))?;
        return finish(bytes, encoding, 0);
    }
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(SheetError::Undecodable(" (it is UTF-32)".into()));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        return finish(bytes, encoding, mark);
    }
    if let Some(encoding) = tell_utf16(&bytes) {
        return finish(bytes, encoding, 0);
    }
    if looks_binary(&bytes) {
        return Err(SheetError::NotATable {
            found: "a binary file",
        });
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => {
            return Ok(Decoded {
                text,
                encoding: UTF_8.name(),
            });
        }
        Err(error) => error.into_bytes(),
    };
    let encoding = if is_damaged_utf8(&bytes) {
        UTF_8
    } else {
        guess_legacy(&bytes)
    };
    finish(bytes, encoding, 0)
}

fn finish(bytes: Vec<u8>, encoding: &'static Encoding, skip: usize) -> Result<Decoded, SheetError> {
    if encoding == UTF_8 && skip == 0 {
        // The common case keeps its block of memory.
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        return sound(text, encoding);
    }
    let (text, _) = encoding.decode_without_bom_handling(&bytes[skip..]);
    sound(text.into_owned(), encoding)
}

/// Refuses text of which a tenth could not be decoded; single damaged places are row errors later.
fn sound(text: String, encoding: &'static Encoding) -> Result<Decoded, SheetError> {
    let damaged = text.matches(char::REPLACEMENT_CHARACTER).count();
    if damaged > 20 && damaged * 10 > text.len() {
        return Err(SheetError::Undecodable(format!(
            " (it is not {})",
            encoding.name()
        )));
    }
    Ok(Decoded {
        text,
        encoding: encoding.name(),
    })
}

/// UTF-16 without a mark: the zero bytes of its delimiters, spaces and digits stand on one side.
fn tell_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(64 * 1024) & !1];
    if sample.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let units = sample.len() / 2;
    let (encoding, zeros, others) = if odd > even {
        (UTF_16LE, odd, even)
    } else {
        (UTF_16BE, even, odd)
    };
    if zeros * 25 < units || others * 50 > zeros {
        return None;
    }
    let (text, damaged) = encoding.decode_without_bom_handling(sample);
    let odd_ones = text
        .chars()
        .filter(|c| c.is_control() && !c.is_ascii_whitespace())
        .count();
    (!damaged && odd_ones * 20 <= units).then_some(encoding)
}

/// Bytes that no text has, in number.
fn looks_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    let strange = sample
        .iter()
        .filter(|b| {
            (**b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a)) || **b == 0x7f
        })
        .count();
    strange > 2 && strange * 50 > sample.len()
}

/// Mostly sound UTF-8 with a few broken places: mixed by a careless tool, or cut.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 3 && good >= 4 * bad
}

/// Up to so many letters beyond ASCII, chardetng's rarer guesses are chance.
const FEW_LETTERS: usize = 6;

fn guess_legacy(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let sample = sample_lines(bytes);
    if is_other_script(&sample) {
        return guess;
    }
    let (mac, western) = (weigh(&sample, MACINTOSH), weigh(&sample, WINDOWS_1252));
    let guessed = weigh(&sample, guess);
    let few = sample.iter().filter(|b| !b.is_ascii()).count() <= FEW_LETTERS;
    if mac >= 1.0 && mac > western && mac > guessed {
        MACINTOSH
    } else if western >= 1.0 && few && western >= guessed {
        WINDOWS_1252
    } else {
        guess
    }
}

/// Whether whole words are beyond ASCII, as in Cyrillic, Greek or Hebrew: in the Latin scripts of
/// Western Europe three such letters in a row are rare.
fn is_other_script(sample: &[u8]) -> bool {
    let (mut all, mut in_runs) = (0, 0);
    for run in sample
        .chunk_by(|a, b| a.is_ascii() == b.is_ascii())
        .filter(|run| !run[0].is_ascii())
    {
        all += run.len();
        in_runs += if run.len() >= 3 { run.len() } else { 0 };
    }
    in_runs * 3 > all
}

/// The lines with letters beyond ASCII, up to the sample's size.
fn sample_lines(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes
        .split(|b| matches!(b, b'\n' | b'\r'))
        .filter(|line| !line.is_ascii())
    {
        sample.extend_from_slice(&line[..line.len().min(4096)]);
        sample.push(b'\n');
        if sample.len() > SAMPLE_BYTES {
            break;
        }
    }
    sample
}

/// Letters common in Western European names and words.
const COMMON: &str = "éèêëàâäáãåçñöóòôõøüúûùíìîïýßæœžšÉÖÜÄÁÅØÇÑÓÍÚÀÈ";

/// How well the letters beyond ASCII fit where they stand: the mean of +2 (common and fitting) to
/// −3 (impossible).
fn weigh(sample: &[u8], encoding: &'static Encoding) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut sum, mut count) = (0.0, 0_u32);
    let mut before = '\n';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let after = letters.peek().copied().unwrap_or('\n');
        if !c.is_ascii() {
            count += 1;
            sum += weigh_letter(before, c, after);
        }
        before = c;
    }
    if count == 0 {
        0.0
    } else {
        sum / f64::from(count)
    }
}

fn weigh_letter(before: char, c: char, after: char) -> f64 {
    let inside = before.is_alphabetic() && after.is_alphabetic();
    let touches = before.is_alphabetic() || after.is_alphabetic();
    match c {
        char::REPLACEMENT_CHARACTER | '\u{80}'..='\u{9f}' => -3.0,
        // An apostrophe in a name, quotes and dashes around words, a space, an ordinal, the euro.
        '’' if inside => 1.5,
        '’' | '‘' | '“' | '”' | '«' | '»' | '–' | '—' | '…' if !inside => 0.7,
        '\u{a0}' => 0.5,
        '°' | 'º' | 'ª' | '€' | '£' | '§' | '©' | '®' | '™' | '·' | '•' | '¿' | '¡' | '½' | '²'
            if !inside =>
        {
            0.5
        }
        _ if c.is_alphabetic() => {
            let mut weight = if COMMON.contains(c) { 2.0 } else { 0.2 };
            if c.is_uppercase() && before.is_lowercase() {
                weight -= 3.5;
            } else if c.is_lowercase() && before.is_uppercase() && after.is_uppercase() {
                weight -= 3.0;
            } else if matches!(c, 'ﬁ' | 'ﬂ' | 'ª' | 'º' | 'ı' | 'ƒ' | 'µ' | 'π' | 'Ω') {
                weight -= 2.5;
            }
            // ž and š sit at 1252's code points of Mac Roman's û/ö neighbourhood: rarer, so less sure.
            if matches!(c, 'ž' | 'š' | 'œ' | 'æ') {
                weight - 0.7
            } else {
                weight
            }
        }
        _ if inside => -3.0,
        _ if touches => -1.5,
        _ => -0.3,
    }
}
