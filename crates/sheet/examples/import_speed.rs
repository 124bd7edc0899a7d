//! Times reading and planning a list: `import_speed [ROWS]`, 100,000 by default.
#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use gatehouse_domain::id::GuestId;
use gatehouse_domain::import::{ImportOptions, ListedGuest, examine};
use gatehouse_sheet::{ReadOptions, Table, read_bytes, write_csv, write_xlsx};

const HEADER: [&str; 8] = [
    "Name",
    "E-mail",
    "Phone",
    "Company",
    "Title",
    "Group",
    "Ticket type",
    "Notes",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let mut csv = HEADER.join(",") + "\r\n";
    for n in 0..count {
        write!(
            csv,
            "Zoë Guest-{n} O’Neill,guest{n}@example.com,+44 7700 {:06},\"Firm {}, Ltd\",Head of {},,{},likes the window seat in row {n}\r\n",
            900_000 + n % 1000,
            n / 7,
            n % 50,
            ["VIP", "Standard", "Press"][n % 3],
        )?;
    }
    println!(
        "{count} rows x {} columns, {:.1} MB",
        HEADER.len(),
        csv.len() as f64 / 1e6
    );
    let table = timed("read csv", || {
        read_bytes(csv.as_bytes(), &ReadOptions::default())
    })?;
    let options = ImportOptions::default();
    let first = timed("examine, new event", || examine(&table, &options, &[]))?;
    println!(
        "  {:?}, {} errors, {} duplicates",
        first.counts(),
        first.errors.len(),
        first.duplicates.len()
    );
    let guests: Vec<ListedGuest> = first
        .drafts
        .iter()
        .enumerate()
        .map(|(n, draft)| ListedGuest {
            id: GuestId(uuid_of(n)),
            values: draft.values.clone(),
        })
        .collect();
    let again = timed("examine, same guests there", || {
        examine(&table, &options, &guests)
    })?;
    println!("  {:?}", again.counts());
    let mut file = Vec::new();
    timed("write csv", || write_csv(&mut file, &HEADER, cells(&table)))?;
    let mut book = Cursor::new(Vec::new());
    timed("write xlsx", || {
        write_xlsx(&mut book, "Guests", &HEADER, cells(&table))
    })?;
    let book = book.into_inner();
    println!("  {:.1} MB", book.len() as f64 / 1e6);
    let table = timed("read xlsx", || read_bytes(&book, &ReadOptions::default()))?;
    println!("  {} rows", table.rows().len());
    Ok(())
}

fn cells(table: &Table) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    table.rows().iter().skip(1).map(|row| row.cells())
}

fn uuid_of(n: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(n as u128)
}

/// The best of five, since the machine is shared.
fn timed<T>(what: &str, mut work: impl FnMut() -> T) -> T {
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..if what.starts_with("write") { 1 } else { 5 } {
        let start = Instant::now();
        let result = work();
        best = best.min(start.elapsed().as_secs_f64() * 1000.0);
        last = Some(result);
    }
    println!("{what}: {best:.1} ms");
    last.expect("the work ran at least once")
}
