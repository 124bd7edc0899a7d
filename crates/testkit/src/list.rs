//! Invented guest lists of any length.

use std::fmt::Write;

/// The names that the program's own invented lists use, one on a line.
const GIVEN: &str = include_str!("../../../assets/samples/given-names.txt");
const FAMILY: &str = include_str!("../../../assets/samples/family-names.txt");

/// A CSV list of `count` invented guests, each with an address and a type of their own kind:
/// every third shares a company, every fifth a group, nobody is there twice.
#[must_use]
pub fn guest_list(count: usize) -> String {
    let givens: Vec<&str> = GIVEN.lines().collect();
    let families: Vec<&str> = FAMILY.lines().collect();
    let mut csv = String::from("Name,E-mail,Phone,Company,Group,Ticket type,Notes\n");
    for n in 0..count {
        let given = givens[n % givens.len()];
        let family = families[n / givens.len() % families.len()];
        let company = if n % 3 == 0 {
            format!("Company {}", n / 12)
        } else {
            String::new()
        };
        let group = if n % 5 == 1 {
            format!("Table {}", n / 20 + 1)
        } else {
            String::new()
        };
        let kind = if n % 10 == 0 { "VIP" } else { "Standard" };
        // Writing to a String can't fail.
        let _ = writeln!(
            csv,
            "{given} {family} {n},guest{n}@example.com,+1555010{:04},{company},{group},{kind},",
            n % 10_000
        );
    }
    csv
}
