//! Which character separates the columns of a text.

/// The separators that lists use, in the order in which equals are preferred.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How much of the text is looked at.
const SAMPLE_BYTES: usize = 128 * 1024;
const SAMPLE_RECORDS: usize = 200;

/// The delimiter that cuts the records into the same number of cells most steadily, or `None`
/// when the text has one column.
pub(crate) fn find_delimiter(text: &str) -> Option<u8> {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text.as_bytes()[..end];
    let mut counts = count_records(sample, true);
    // One record that fills the sample is a quote that never closes.
    if counts.len() < 2 {
        counts = count_records(sample, false);
    }
    let mut best: Option<(f64, u8)> = None;
    for (index, delimiter) in DELIMITERS.into_iter().enumerate() {
        let column: Vec<u32> = counts.iter().map(|record| record[index]).collect();
        let Some((mode, share)) = steadiest(&column) else {
            continue;
        };
        if share < 0.5 {
            continue;
        }
        // Steadiness counts first; more columns are the likelier truth among near equals.
        let score = share * (1.0 + 0.3 * f64::from(mode + 1).ln());
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, delimiter));
        }
    }
    best.map(|(_, delimiter)| delimiter)
}

/// The most common number of separators above none, and the share of records that have it.
fn steadiest(column: &[u32]) -> Option<(u32, f64)> {
    let mut sorted: Vec<u32> = column.iter().copied().filter(|count| *count > 0).collect();
    sorted.sort_unstable();
    let mut best = None;
    for run in sorted.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(_, len)| run.len() >= len) {
            best = Some((run[0], run.len()));
        }
    }
    best.map(|(mode, len)| (mode, len as f64 / column.len() as f64))
}

/// For each record that is not blank, how many of each delimiter stand outside quotes.
fn count_records(sample: &[u8], quotes: bool) -> Vec<[u32; 4]> {
    let mut records = Vec::new();
    let (mut counts, mut blank, mut quoted, mut cell_start) = ([0_u32; 4], true, false, true);
    let mut bytes = sample.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                quoted = false;
            }
            continue;
        }
        match byte {
            b'"' if quotes && cell_start => {
                quoted = true;
                cell_start = false;
                blank = false;
            }
            b'\n' | b'\r' => {
                if !blank {
                    records.push(counts);
                    if records.len() == SAMPLE_RECORDS {
                        return records;
                    }
                }
                (counts, blank, cell_start) = ([0; 4], true, true);
            }
            _ => {
                cell_start = false;
                if let Some(index) = DELIMITERS.iter().position(|d| *d == byte) {
                    counts[index] += 1;
                    cell_start = true;
                } else if !byte.is_ascii_whitespace() {
                    blank = false;
                }
            }
        }
    }
    if !blank {
        records.push(counts);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steadiest_separator_wins() {
        let table: &[(&str, Option<u8>)] = &[
            ("name,email\nAna,a@x\n", Some(b',')),
            ("name;email\nBerg, Ana;a@x\nBerg, Bo;b@x\n", Some(b';')),
            ("name\temail\nBerg, Ana; Dr\ta@x\n", Some(b'\t')),
            ("name|email|n\nAna|a@x|\"1,2\"\n", Some(b'|')),
            (
                "Guests 2026, spring\n\nname;email;x\nAna;a@x;1\nBo;b@x;2\n",
                Some(b';'),
            ),
            ("name,notes\nAna,a;b;c\nBo,d;e;f\n", Some(b',')),
            (
                "name,notes\nAna,\"one\ntwo; three\"\nBo,\"x;y\"\n",
                Some(b','),
            ),
            ("name\nAna\nBo\n", None),
            ("name\nAna\nBo, Dr\nCid\nDan\n", None),
        ];
        for (text, expected) in table {
            assert_eq!(find_delimiter(text), *expected, "{text:?}");
        }
    }
}
