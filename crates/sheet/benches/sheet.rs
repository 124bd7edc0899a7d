//! What lists cost: 100,000 rows of 8 columns read and written.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use gatehouse_sheet::{ReadOptions, read_bytes, write_csv};

const ROWS: usize = 100_000;
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

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let list = invent_list();
    let read = |text: &str| read_bytes(text.as_bytes(), &ReadOptions::default());
    let table = read(&list).expect("the list is one");
    assert_eq!(table.rows().len(), ROWS + 1);
    let mut group = criterion.benchmark_group("list of 100,000 rows");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("read csv", |b| b.iter(|| read(black_box(&list))));
    group.bench_function("write csv", |b| {
        b.iter(|| {
            let mut out = Vec::with_capacity(list.len());
            let rows = table.rows().iter().skip(1).map(|row| row.cells());
            write_csv(&mut out, &HEADER, rows).map(|()| out)
        });
    });
    group.finish();
    criterion.final_summary();
}

/// Names with accents, cells in quotes, blank cells.
fn invent_list() -> String {
    let mut csv = HEADER.join(",") + "\r\n";
    for n in 0..ROWS {
        write!(
            csv,
            "Zoë Guest-{n} O’Neill,guest{n}@example.com,+44 7700 {:06},\"Firm {}, Ltd\",Head of {},,{},likes the window seat in row {n}\r\n",
            900_000 + n % 1000,
            n / 7,
            n % 50,
            ["VIP", "Standard", "Press"][n % 3],
        )
        .expect("a string takes everything");
    }
    csv
}
