//! What programs of others make of the documents: qpdf, poppler and a QR reader.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod badges;
mod hostile;
mod outside;
mod tickets;

use gatehouse_print::{Code, Colour, EventFace, TicketFace};
use qrcode::{EcLevel, QrCode};

/// A real code of a text.
pub(crate) fn code(text: &str) -> Code {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).unwrap();
    let size = code.width();
    let mut bits = vec![0u8; size * size.div_ceil(8)];
    for (index, colour) in code.into_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            let (row, column) = (index / size, index % size);
            bits[row * size.div_ceil(8) + column / 8] |= 0x80 >> (column % 8);
        }
    }
    Code::new(size as u16, bits).unwrap()
}

/// A text as long as a slim credential.
pub(crate) fn token(index: usize) -> String {
    let mut text = format!("GH1:{index:06}:");
    let mut state = index as u64 + 1;
    while text.len() < 560 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963);
        text.push(char::from(
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[(state >> 33) as usize % 45],
        ));
    }
    text
}

pub(crate) fn ticket(index: usize, holder: &str) -> TicketFace {
    TicketFace {
        number: format!("#{}", 2847 + index),
        invitation: format!("INV-{:04}", index + 1),
        holder: holder.to_owned(),
        company: (index % 3 == 1).then(|| "Brückner & Søn".to_owned()),
        type_name: ["General", "VIP", "Press"][index % 3].to_owned(),
        type_colour: Colour::new((index % 8) as u8),
        seat: Some(format!("Table {} · Seat {}", index / 4 + 1, index % 4 + 1)),
        zone: Some("Main hall".to_owned()),
        occasion: None,
        code: code(&token(index)),
    }
}

pub(crate) fn event() -> EventFace {
    EventFace {
        title: "Harbour Lights Gala 2026".into(),
        date_line: "Saturday, 21 November 2026, 19:00".into(),
        place_line: "Old Customs House, Pier 4".into(),
        organizer: "Harbour Foundation".into(),
        note: "Please bring this ticket.".into(),
        batch_label: "Batch 7".into(),
        printed_on: "2026-10-01".into(),
    }
}
