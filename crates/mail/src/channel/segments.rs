//! How many short messages a text costs (3GPP TS 23.038 and 23.040).

use serde::Serialize;

/// The basic alphabet of GSM; each of its letters takes 7 bits.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
                     ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What takes an escape and 7 bits more.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// What a text costs to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// How many messages it becomes.
    pub count: usize,
    /// Whether every letter is of the alphabet that fits 160 to a message; otherwise 70 fit.
    pub is_gsm: bool,
    /// How many units fit until it becomes one message more.
    pub left: usize,
}

/// How many messages a text becomes.
#[must_use]
pub fn segments(text: &str) -> Segments {
    // A unit never spans two messages: neither an escaped letter nor a surrogate pair.
    let units: Option<Vec<usize>> = text
        .chars()
        .map(|c| match c {
            c if BASIC.contains(c) => Some(1),
            c if EXTENDED.contains(c) => Some(2),
            _ => None,
        })
        .collect();
    let is_gsm = units.is_some();
    let units = units.unwrap_or_else(|| text.chars().map(char::len_utf16).collect());
    let (alone, joined) = if is_gsm { (160, 153) } else { (70, 67) };
    let sum: usize = units.iter().sum();
    if sum <= alone {
        return Segments {
            count: usize::from(sum > 0),
            is_gsm,
            left: alone - sum,
        };
    }
    let (mut count, mut used) = (1, 0);
    for unit in units {
        if used + unit > joined {
            count += 1;
            used = 0;
        }
        used += unit;
    }
    Segments {
        count,
        is_gsm,
        left: joined - used,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_networks_do() {
        for (text, count, is_gsm, left) in [
            (String::new(), 0, true, 160),
            ("a".repeat(160), 1, true, 0),
            ("a".repeat(161), 2, true, 145),
            ("€".repeat(80), 1, true, 0),
            // 76 escaped letters fit 153 units, and leave one unused.
            ("€".repeat(153), 3, true, 151),
            ("ç".to_owned(), 1, false, 69),
            ("Ŝ".repeat(70), 1, false, 0),
            ("Ŝ".repeat(71), 2, false, 63),
            ("🎉".repeat(35), 1, false, 0),
            ("🎉".repeat(36), 2, false, 61),
        ] {
            let wanted = Segments {
                count,
                is_gsm,
                left,
            };
            assert_eq!(segments(&text), wanted, "{} letters", text.chars().count());
        }
    }
}
