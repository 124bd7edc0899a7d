//! Invented guest lists of any length, in many scripts.

/// Invented names, one on a line; tests use the same.
const GIVEN: &str = include_str!("../../../assets/samples/given-names.txt");
const FAMILY: &str = include_str!("../../../assets/samples/family-names.txt");
const OTHER_SCRIPTS: [&str; 6] = [
    "محمد عبد الله",
    "王小明",
    "สมชาย ใจดี",
    "नमिता शर्मा",
    "Ελένη Νικολάου",
    "김하늘",
];

/// A list of invented guests: families that share an address, companies, every script.
pub(crate) fn invented_list(count: usize) -> String {
    use std::fmt::Write;
    let given: Vec<&str> = GIVEN.lines().collect();
    let family: Vec<&str> = FAMILY.lines().collect();
    let mut csv = String::from("Name,E-mail,Phone,Company,Ticket type,Seat\n");
    for n in 0..count {
        let name = match n % 40 {
            39 => format!("{} {}", OTHER_SCRIPTS[n / 40 % 6], n / 240 + 1),
            _ => format!(
                "{} {}",
                given[n % given.len()],
                family[(n / given.len() + n) % family.len()]
            ),
        };
        // Two of every ten share an address, two others a company.
        let household = if n % 10 == 1 { n - 1 } else { n };
        let company = if matches!(n % 10, 4 | 5) {
            format!("Company {}", n / 10 + 1)
        } else {
            String::new()
        };
        let kind = match n % 25 {
            0 | 7 => "VIP",
            13 => "Press",
            _ => "Standard",
        };
        // Writing to a String can't fail.
        let _ = writeln!(
            csv,
            "{name},guest{household}@example.com,+1555010{:04},{company},{kind},Table {} · Seat {}",
            n % 10_000,
            n / 8 + 1,
            n % 8 + 1
        );
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_list_has_as_many_guests_as_asked_for_and_nobody_twice() {
        for count in [1, 39, 500, 5_000] {
            let list = invented_list(count);
            let rows: std::collections::HashSet<&str> = list.lines().skip(1).collect();
            assert_eq!(rows.len(), count);
        }
    }
}
