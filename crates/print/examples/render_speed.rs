//! Measures how fast tickets are printed: `render_speed [COUNT] [SHEET] [OUT.pdf]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::io::{BufWriter, Write};
use std::time::Instant;

use gatehouse_print::{Code, Colour, EventFace, PrintOptions, Sheet, TicketFace, TicketPrinter};

const FIRST: [&str; 12] = [
    "Ada",
    "Zoë",
    "Grace",
    "Jürgen",
    "Siobhán",
    "Łukasz",
    "María José",
    "Noor",
    "Olu",
    "Håkon",
    "Ines",
    "Theo",
];
const LAST: [&str; 12] = [
    "Okonkwo",
    "Šlâpfer-O’Neill",
    "Nakamura",
    "Fernández",
    "Baker",
    "Øvrebø",
    "Kovačević",
    "Lindqvist",
    "Martin",
    "Ng",
    "Papadopoulou",
    "Rossi",
];

fn noise(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn ticket(index: usize) -> TicketFace {
    let mut state = 0x9E37_79B9_7F4A_7C15 ^ (index as u64 + 1).wrapping_mul(0xD134_2543_DE82_EF95);
    let size = 81u16;
    let bits: Vec<u8> = (0..81 * 11).map(|_| noise(&mut state) as u8).collect();
    TicketFace {
        number: format!("#{:05}", index + 1),
        invitation: format!("INV-{:04}", index / 2 + 1),
        holder: format!(
            "{} {}",
            FIRST[noise(&mut state) as usize % 12],
            LAST[noise(&mut state) as usize % 12]
        ),
        company: index
            .is_multiple_of(3)
            .then(|| "Harbour & Sons Ltd".to_owned()),
        type_name: ["General", "VIP", "Press"][index % 3].to_owned(),
        type_colour: Colour::new((index % 3) as u8),
        seat: Some(format!("Table {} · Seat {}", index / 8 + 1, index % 8 + 1)),
        zone: index.is_multiple_of(2).then(|| "Main hall".to_owned()),
        occasion: None,
        code: Code::new(size, bits).unwrap(),
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

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks: f64 = [11, 12]
        .iter()
        .filter_map(|i| fields.get(*i)?.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM:"))
        .unwrap_or("VmHWM: 0");
    line.split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1024.0
}

fn main() {
    let mut args = std::env::args().skip(1);
    let count: usize = args.next().and_then(|a| a.parse().ok()).unwrap_or(10_000);
    let sheet: Sheet = args.next().map_or(Sheet::A6, |a| a.parse().unwrap());
    let printer = TicketPrinter::new(event(), sheet, PrintOptions::default());
    let out: Box<dyn Write> = match args.next() {
        Some(path) => Box::new(BufWriter::new(std::fs::File::create(path).unwrap())),
        None => Box::new(std::io::sink()),
    };
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let make = |i: usize| Ok::<_, std::convert::Infallible>(ticket(i));
    let report = printer.write(count, make, out, &mut |_| {}).unwrap();
    let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
    println!(
        "{count} tickets on {sheet}: {} pages, {} bytes",
        report.pages, report.bytes
    );
    println!(
        "  {:.0} tickets per CPU second, {:.0} per second",
        count as f64 / cpu,
        count as f64 / wall
    );
    println!(
        "  {:.0} bytes a ticket, peak {:.1} MB",
        report.bytes as f64 / count as f64,
        peak_mb()
    );

    let files = (count / 10).clamp(1, 2000);
    let (cpu, mut bytes) = (cpu_seconds(), 0);
    for index in 0..files {
        bytes += printer.single(&[ticket(index)]).unwrap().0.len();
    }
    let cpu = cpu_seconds() - cpu;
    println!(
        "{files} files of one ticket: {:.0} a CPU second, {} bytes each",
        files as f64 / cpu,
        bytes / files
    );
}
