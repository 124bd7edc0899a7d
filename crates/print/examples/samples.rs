//! Prints one document of each kind into a folder, to be looked at: `samples DIR`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;

use qrcode::{EcLevel, QrCode};

use gatehouse_print::{
    ArrivalFace, Code, Colour, DoorPaper, DoorRow, EventFace, Labels, PrintOptions, Sheet,
    TicketFace, TicketPrinter, badge, door_list, receipt, recovery_page,
};

const NAMES: [&str; 16] = [
    "Zoë Šlâpfer-O’Neill",
    "محمد عبد الله",
    "王小明",
    "สมชาย ใจดี",
    "नमिता शर्मा",
    "שרה כהן-לוי",
    "Дмитрий Шостаковский",
    "Αλεξάνδρα Παπαδοπούλου",
    "김민준",
    "Nguyễn Thị Ánh Tuyết",
    "Dr. محمد Smith",
    "তানিয়া রহমান",
    "გიორგი ბერიძე",
    "Maximiliane Freifrau von Hohenstein-Bartholdy zu Sayn-Wittgenstein",
    "Ada 🎉 Lovelace",
    "山田 はなこ",
];

/// A real code, as long as a slim credential.
fn code(index: usize) -> Code {
    let mut text = format!("SAMPLE:{index:04}:");
    let mut state = index as u64 + 0x2545_F491_4F6C_DD1D;
    while text.len() < 600 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963);
        text.push(char::from(
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(state >> 33) as usize % 36],
        ));
    }
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).unwrap();
    let size = code.width();
    let mut bits = vec![0u8; size * size.div_ceil(8)];
    for (at, colour) in code.into_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            bits[at / size * size.div_ceil(8) + at % size / 8] |= 0x80 >> (at % size % 8);
        }
    }
    Code::new(size as u16, bits).unwrap()
}

fn ticket(index: usize) -> TicketFace {
    TicketFace {
        number: format!("#{}", 2847 + index),
        invitation: format!("INV-{:04}", index + 1),
        holder: NAMES[index % NAMES.len()].to_owned(),
        company: (index % 3 == 1).then(|| "Brückner & Søn Arkitekter".to_owned()),
        type_name: [
            "General", "VIP", "Press", "Artist", "Crew", "Family", "Staff", "Sponsor",
        ][index % 8]
            .to_owned(),
        type_colour: Colour::new((index % 8) as u8),
        seat: (index % 4 != 3).then(|| format!("Table {} · Seat {}", index / 4 + 1, index % 4 + 1)),
        zone: index
            .is_multiple_of(2)
            .then(|| "Main hall and garden".to_owned()),
        occasion: None,
        code: code(index),
    }
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "samples".into()));
    std::fs::create_dir_all(&folder).unwrap();
    let event = EventFace {
        title: "Harbour Lights Gala 2026".into(),
        date_line: "Saturday, 21 November 2026, 19:00".into(),
        place_line: "Old Customs House, Pier 4, Harbour Road 12".into(),
        organizer: "Harbour Foundation".into(),
        note: "Please bring this ticket, on paper or on your phone.".into(),
        batch_label: "Batch 7".into(),
        printed_on: "2026-10-01".into(),
    };
    let tickets: Vec<TicketFace> = (0..16).map(ticket).collect();
    for sheet in Sheet::all() {
        let printer = TicketPrinter::new(event.clone(), sheet, PrintOptions::default());
        let mut out = Vec::new();
        printer.write_all(&tickets, &mut out).unwrap();
        std::fs::write(folder.join(format!("{sheet}.pdf")), out).unwrap();
    }
    let marked = PrintOptions {
        marks: true,
        ..PrintOptions::default()
    };
    let mut out = Vec::new();
    TicketPrinter::new(event.clone(), Sheet::A6, marked)
        .write_all(&tickets, &mut out)
        .unwrap();
    std::fs::write(folder.join("a6-marks.pdf"), out).unwrap();

    let long = EventFace {
        title: "The Seventy-Third Annual International Conference on Harbour Engineering, \
                Coastal Resilience and Waterfront Regeneration"
            .into(),
        ..event.clone()
    };
    let mut out = Vec::new();
    let spanish = PrintOptions {
        labels: Labels::for_language("es"),
        ..PrintOptions::default()
    };
    TicketPrinter::new(long, Sheet::A6, spanish)
        .write_all(&tickets, &mut out)
        .unwrap();
    std::fs::write(folder.join("long.pdf"), out).unwrap();

    let rows: Vec<DoorRow> = (0..140)
        .map(|i| DoorRow {
            name: if i % 10 == 9 {
                NAMES[i / 10].to_owned()
            } else {
                format!(
                    "{}, {}",
                    ["Abara", "Baker", "Cruz", "Dahl", "Eze"][i / 28],
                    i
                )
            },
            section: ["A", "B", "C", "D", "E"][i / 28].to_owned(),
            invitation: format!("INV-{:04}", i / 2 + 1),
            number: format!("#{}", 2847 + i),
            type_name: ["General", "VIP", "Press", "Artist"][i % 4].to_owned(),
            type_colour: Colour::new((i % 4) as u8),
            seat: if i % 3 == 0 {
                String::new()
            } else {
                format!("Table {}", i / 8 + 1)
            },
        })
        .collect();
    let mut out = Vec::new();
    door_list(&event, &rows, Sheet::A4, &PrintOptions::default(), &mut out).unwrap();
    std::fs::write(folder.join("door-list.pdf"), out).unwrap();

    let lines: Vec<String> = [
        "Keep this page where you keep the deeds to the house.",
        "Workspace: Harbour Foundation",
        "Made on 1 October 2026",
        "K7QF-2M4X-9D3T-PB6W-H8ZN-3RVC-5J1Y-E0AG",
    ]
    .map(str::to_owned)
    .to_vec();
    let page = recovery_page("Recovery kit", &lines, &code(99), &PrintOptions::default()).unwrap();
    std::fs::write(folder.join("recovery.pdf"), page).unwrap();

    for paper in DoorPaper::ALL {
        for (index, name) in NAMES.iter().enumerate() {
            let face = ArrivalFace {
                event: event.title.clone(),
                organizer: event.organizer.clone(),
                name: (*name).to_owned(),
                company: ["Brückner & Søn Arkitekter", ""][index % 2].to_owned(),
                type_name: ["General", "VIP", "Press", "Artist"][index % 4].to_owned(),
                type_colour: Colour::new((index % 8) as u8),
                seat: ["Table 4 · Seat 2", "", "Row F · Seat 11"][index % 3].to_owned(),
                number: format!("#{}", 2847 + index),
                time: "21 November, 19:04".into(),
                gate: "Main entrance".into(),
                code: (index % 3 == 0).then(|| code(index)),
            };
            let options = PrintOptions {
                labels: Labels::for_language(Labels::LANGUAGES[index % 4]),
                ..PrintOptions::default()
            };
            let (bytes, _) = badge(&face, paper, &options).unwrap();
            std::fs::write(folder.join(format!("badge-{paper:?}-{index}.pdf")), bytes).unwrap();
            let (bytes, _) = receipt(&face, paper, &options).unwrap();
            std::fs::write(folder.join(format!("receipt-{paper:?}-{index}.pdf")), bytes).unwrap();
        }
    }
}
