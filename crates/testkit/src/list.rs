//! Invented guest lists of any length.

use std::fmt::Write;

const GIVEN: [&str; 16] = [
    "Ada", "Bruno", "Chiara", "Darya", "Elif", "Farid", "Greta", "Hugo", "Inés", "Jonas", "Kaori",
    "Léa", "Mateusz", "Noor", "Oskar", "Zoë",
];
const FAMILY: [&str; 16] = [
    "Almgren",
    "Brückner",
    "Castaño",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "Grünwald",
    "Horvat",
    "Ibáñez",
    "Jansen",
    "Kowalczyk",
    "Lindqvist",
    "Moreau",
    "Nováková",
    "O’Neill",
    "Šlâpfer",
];

/// A CSV list of `count` invented guests, each with an address and a type of their own kind:
/// every third shares a company, every fifth a group, nobody is there twice.
#[must_use]
pub fn guest_list(count: usize) -> String {
    let mut csv = String::from("Name,E-mail,Phone,Company,Group,Ticket type,Notes\n");
    for n in 0..count {
        let given = GIVEN[n % 16];
        let family = FAMILY[n / 16 % 16];
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
