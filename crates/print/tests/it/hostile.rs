//! Texts that nobody would print, and some that somebody will.

use gatehouse_print::{DoorRow, EventFace, PrintOptions, Sheet, TicketPrinter, door_list};
use proptest::prelude::*;

use crate::{event, ticket};

fn awkward() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,300}",
        "[\u{300}-\u{36F}]{1,40}",
        "[\u{202A}-\u{202E}\u{2066}-\u{2069}a-zא-תa]{0,60}",
        "[ก-๛]{0,60}",
        "[क-ॿ]{0,60}",
        "[ؠ-ۿ ]{0,60}",
        "[\u{1F300}-\u{1F6FF}\u{200D}\u{FE0F}]{0,40}",
        "[一-龥]{0,80}",
        "[a-z]{200,400}",
        Just("W".repeat(10_000)),
        Just("\u{0}\u{1}\n\r\t".to_owned()),
        Just("a\u{301}".repeat(5_000)),
        Just("ﷺ".repeat(300)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_a_document(a in awkward(), b in awkward(), c in awkward()) {
        let event = EventFace { title: c.clone(), place_line: a.clone(), ..event() };
        let mut face = ticket(0, &a);
        face.company = Some(b.clone());
        face.seat = Some(c.clone());
        face.type_name = b.clone();
        face.number = c.clone();
        for sheet in [Sheet::A6, Sheet::LetterX8] {
            let printer = TicketPrinter::new(event.clone(), sheet, PrintOptions::default());
            let (bytes, report) = printer.single(std::slice::from_ref(&face)).unwrap();
            prop_assert!(bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF\n"));
            prop_assert!(bytes.len() < 400_000);
            prop_assert_eq!(report.tickets, 1);
        }
        let row = DoorRow { name: a, section: b, seat: c, ..DoorRow::default() };
        let options = PrintOptions::default();
        door_list(&event, &[row], Sheet::Letter, &options, std::io::sink()).unwrap();
    }
}
