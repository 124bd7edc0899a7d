//! What paper costs: pages of A6 tickets in one document, and documents of one ticket.

use std::convert::Infallible;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use gatehouse_print::{Code, Colour, EventFace, PrintOptions, Sheet, TicketFace, TicketPrinter};

const PAGES: usize = 2_000;
const FIRST: [&str; 6] = ["Ada", "Zoë", "Jürgen", "Łukasz", "María José", "Noor"];
const LAST: [&str; 6] = [
    "Okonkwo",
    "Šlâpfer-O’Neill",
    "Nakamura",
    "Fernández",
    "Kovačević",
    "Ng",
];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let printer = TicketPrinter::new(event(), Sheet::A6, PrintOptions::default());
    let mut group = criterion.benchmark_group("tickets on A6");
    group.throughput(Throughput::Elements(PAGES as u64));
    group.bench_function("2,000 pages in one document, all cores", |b| {
        b.iter(|| {
            let make = |index| Ok::<_, Infallible>(ticket(index));
            printer
                .write(PAGES, make, std::io::sink(), &mut |_| {})
                .expect("nothing fails to take bytes that are dropped")
                .bytes
        });
    });
    group.throughput(Throughput::Elements(1));
    let alone = [ticket(0)];
    group.bench_function("a document of one ticket", |b| {
        b.iter(|| printer.single(&alone).map(|(bytes, _)| bytes.len()));
    });
    group.finish();
    criterion.final_summary();
}

/// A ticket whose code is noise, of the size that a slim RSA-2048 credential makes.
fn ticket(index: usize) -> TicketFace {
    let mut state = index as u64;
    let mut noise = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) as usize
    };
    let holder = format!("{} {}", FIRST[noise() % 6], LAST[noise() % 6]);
    let bits: Vec<u8> = (0..69 * 9).map(|_| noise() as u8).collect();
    TicketFace {
        number: format!("#{:05}", index + 1),
        invitation: format!("INV-{:04}", index / 2 + 1),
        holder,
        company: index
            .is_multiple_of(3)
            .then(|| "Harbour & Sons Ltd".to_owned()),
        type_name: ["General", "VIP", "Press"][index % 3].to_owned(),
        type_colour: Colour::new((index % 3) as u8),
        seat: Some(format!("Table {} · Seat {}", index / 8 + 1, index % 8 + 1)),
        zone: index.is_multiple_of(2).then(|| "Main hall".to_owned()),
        occasion: None,
        code: Code::new(69, bits).expect("69 rows of 9 bytes"),
    }
}

fn event() -> EventFace {
    EventFace {
        title: "Harbour Lights Gala 2026".into(),
        date_line: "Saturday, 21 November 2026, 19:00".into(),
        place_line: "Old Customs House, Pier 4".into(),
        organizer: "Harbour Foundation".into(),
        note: "Please bring this ticket, on paper or on your phone.".into(),
        batch_label: "Batch 7".into(),
        printed_on: "2026-10-01".into(),
    }
}
