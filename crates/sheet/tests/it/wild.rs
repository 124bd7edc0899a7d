use std::io::Cursor;

use gatehouse_domain::import::{ImportOptions, ListField, RowCode, examine};
use gatehouse_sheet::{Format, ReadOptions, read_bytes, read_path, write_xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

use crate::{guests, legacy, look, read, utf16le};

#[test]
fn excel_on_a_german_desktop() {
    let text = "Anrede;Vorname;Name;E-Mail-Adresse;Firma;Ticketart\r\nFrau;Jördis;Weiß;j@example.com;Bäckerei Groß;VIP\r\nHerr;Bo;Lind;;\"Lind; Söhne\";Standard\r\n";
    let (table, examined) = look(&legacy(text, encoding_rs::WINDOWS_1252));
    assert_eq!(
        (table.encoding(), table.delimiter()),
        ("windows-1252", Some(';'))
    );
    assert_eq!(
        guests(&examined),
        [
            ("Jördis Weiß", "j@example.com", "Bäckerei Groß"),
            ("Bo Lind", "", "Lind; Söhne")
        ]
    );
    assert_eq!(examined.drafts[0].values.custom("Anrede"), "Frau");
}

#[test]
fn excel_unicode_text_with_tabs() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(utf16le(
        "Nome\tCognome\tIndirizzo e-mail\r\nNiccolò\tPerò\tn@example.com\r\n",
    ));
    let (table, examined) = look(&bytes);
    assert_eq!(
        (table.encoding(), table.delimiter()),
        ("UTF-16LE", Some('\t'))
    );
    assert_eq!(guests(&examined), [("Niccolò Però", "n@example.com", "")]);
}

#[test]
fn excel_on_an_old_mac_with_lone_carriage_returns() {
    let text = "Prénom;Nom;Courriel;Société\rHélène;Lefèvre;h@example.com;Théâtre de l’Étoile\rZoé;Benoît;pas d’adresse;\r";
    let (table, examined) = look(&legacy(text, encoding_rs::MACINTOSH));
    assert_eq!(table.encoding(), "macintosh");
    assert_eq!(
        guests(&examined),
        [("Hélène Lefèvre", "h@example.com", "Théâtre de l’Étoile")]
    );
    assert_eq!(examined.errors[0].line, 3);
    assert_eq!(examined.errors[0].value, "pas d’adresse");
}

#[test]
fn the_separator_line_of_excel_is_honoured_and_counted() {
    let (table, examined) = look(b"sep=|\r\nName|Email\r\nAna, Dr|a@example.com\r\nBo|bad\r\n");
    assert_eq!(table.delimiter(), Some('|'));
    assert_eq!(guests(&examined), [("Ana, Dr", "a@example.com", "")]);
    assert_eq!(examined.errors[0].line, 4);
}

#[test]
fn titles_blank_lines_and_broken_lines_keep_the_count() {
    let text = "Spring gala 2026\r\n\r\nName,Notes,Email\r\n\"Ana \"\"A\"\" Berg\",\"two\r\nlines, \nthree\",a@example.com\r\n\r\n   \r\n,,\r\nBo,,bad\r\n";
    let (_, examined) = look(text.as_bytes());
    assert_eq!(examined.layout.header_line(), Some(3));
    assert_eq!(examined.drafts[0].line, 4);
    assert_eq!(&*examined.drafts[0].values.name, "Ana \"A\" Berg");
    assert_eq!(&*examined.drafts[0].values.notes, "two\nlines,\nthree");
    assert_eq!(examined.errors[0].line, 10);
    assert_eq!(examined.rows, 2);
}

#[test]
fn a_list_of_one_column_has_no_delimiter() {
    let (table, examined) = look("Name\nZoë Berg\nBo Lind\n".as_bytes());
    assert_eq!(table.delimiter(), None);
    assert_eq!(examined.drafts.len(), 2);
}

#[test]
fn ragged_rows_are_in_error_and_short_ones_are_not() {
    let (_, examined) = look(b"Name,Email,Company\nAna\nBo,b@example.com,Firm, Ltd\nCid,,,\n");
    assert_eq!(examined.drafts.len(), 2);
    let error = &examined.errors[0];
    assert_eq!(
        (error.line, error.code, error.value.as_str()),
        (3, RowCode::RaggedRow, "Ltd")
    );
}

#[test]
fn a_quote_that_never_closes_spoils_one_row_only() {
    let mut text = "Name,Email\nAna,a@example.com\n\"Bo,b@example.com\n".to_owned();
    for n in 0..50 {
        text += &format!("Guest {n},g{n}@example.com\n");
    }
    let (_, examined) = look(text.as_bytes());
    assert_eq!(examined.drafts.len(), 51);
    assert_eq!(examined.errors[0].line, 3);
    assert_eq!(examined.errors[0].code, RowCode::QuoteUnclosed);
    assert_eq!(examined.drafts[1].line, 4);
    // Far above another quote, which would close it.
    let mut text = "Name,Email\n\"Bo,b@example.com\n".to_owned();
    for n in 0..5_000 {
        text += &format!("Guest number {n},guest-number-{n}@example.com\n");
    }
    text += "\"Eva\",e@example.com\n";
    let (_, examined) = look(text.as_bytes());
    assert_eq!(examined.drafts.len(), 5_001);
    assert_eq!(
        examined.errors.iter().map(|e| e.line).collect::<Vec<_>>(),
        [2]
    );
}

#[test]
fn a_workbook_with_a_title_numbers_dates_and_other_sheets() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Cover").unwrap();
    let sheet = book.add_worksheet().set_name("Gäste").unwrap();
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    sheet.write(0, 0, "Gästeliste Frühling").unwrap();
    for (column, header) in ["Nr.", "Name", "Telefon", "Anzahl", "Geburtstag", "Ja?"]
        .iter()
        .enumerate()
    {
        sheet.write(2, column as u16, *header).unwrap();
    }
    sheet.write(3, 1, "王小明").unwrap();
    sheet.write(3, 2, 447_700_900_123_u64).unwrap();
    sheet.write(3, 3, 2).unwrap();
    let day = ExcelDateTime::from_ymd(1990, 5, 17).unwrap();
    sheet.write_with_format(3, 4, &day, &date).unwrap();
    sheet.write(3, 5, true).unwrap();
    sheet.write(5, 1, "Zoë").unwrap();
    sheet.write(5, 2, "12").unwrap();
    let (table, examined) = look(&book.save_to_buffer().unwrap());
    assert_eq!(table.format(), Format::Xlsx);
    assert_eq!(
        (table.sheet(), table.other_sheets()),
        (Some("Gäste"), &["Cover".to_owned()][..])
    );
    assert_eq!(examined.layout.header_line(), Some(3));
    let values = &examined.drafts[0].values;
    assert_eq!(
        (&*values.name, &*values.phone, values.party_size),
        ("王小明", "447700900123", Some(2))
    );
    assert_eq!(
        (values.custom("Geburtstag"), values.custom("Ja?")),
        ("1990-05-17", "TRUE")
    );
    assert_eq!(
        (examined.errors[0].line, examined.errors[0].code),
        (6, RowCode::PhoneInvalid)
    );
}

#[test]
fn a_workbooks_sheet_can_be_chosen() {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("One")
        .unwrap()
        .write(0, 0, "Name")
        .unwrap();
    book.add_worksheet()
        .set_name("Two")
        .unwrap()
        .write(0, 0, "Guest")
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let options = |name: &str| ReadOptions {
        sheet: Some(name.into()),
        ..Default::default()
    };
    assert_eq!(
        read_bytes(&bytes, &options("Two"))
            .unwrap()
            .rows()
            .get(0)
            .cell(0),
        "Guest"
    );
    let error = read_bytes(&bytes, &options("Three")).unwrap_err();
    assert_eq!(error.code(), "sheet_unknown");
    assert!(error.to_string().ends_with("One, Two"), "{error}");
}

#[test]
fn the_sample_list_is_clean_and_shows_what_lists_have() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/samples/gala.csv");
    let table = read_path(&path, &ReadOptions::default()).unwrap();
    assert_eq!((table.encoding(), table.delimiter()), ("UTF-8", Some(',')));
    let options = ImportOptions {
        ticket_types: ["VIP", "Standard", "Press"].map(String::from).to_vec(),
        ..Default::default()
    };
    let examined = examine(&table, &options, &[]).unwrap();
    assert_eq!(examined.errors, []);
    assert_eq!(examined.duplicates, []);
    assert_eq!(examined.notes, []);
    assert_eq!(examined.drafts.len(), examined.rows);
    assert!((200..=280).contains(&examined.rows), "{}", examined.rows);
    let count = |fits: &dyn Fn(&gatehouse_domain::import::GuestValues) -> bool| {
        examined
            .drafts
            .iter()
            .filter(|draft| fits(&draft.values))
            .count()
    };
    assert!(count(&|values| values.email.is_empty()) > 10);
    assert!(count(&|values| !values.group.is_empty()) > 30);
    assert!(count(&|values| !values.company.is_empty()) > 30);
    assert!(count(&|values| !values.seat.is_empty()) > 5);
    for kind in ["VIP", "Standard", "Press"] {
        assert!(count(&|values| &*values.ticket_type == kind) > 5, "{kind}");
    }
    for letters in [
        'é', 'ж', 'ع', 'נ', 'म', '明', '花', '김', 'ส', 'Ω', 'ễ', 'ł',
    ] {
        assert!(
            count(&|values| values.name.contains(letters)) > 0,
            "no name with {letters}"
        );
    }
    let fictional = |values: &gatehouse_domain::import::GuestValues| {
        ["example.com", "example.org", "example.net"]
            .iter()
            .any(|host| values.email.ends_with(host))
    };
    assert_eq!(
        count(&|values| !values.email.is_empty() && !fictional(values)),
        0
    );
}

#[test]
fn a_list_out_and_in_again_through_a_workbook_changes_nothing() {
    let (table, first) = look("Name,Phone,Notes\nZoë,+44 7700 900123,=1+1\nBo,,\n".as_bytes());
    let mut book = Cursor::new(Vec::new());
    let header: Vec<&str> = table.rows().get(0).cells().collect();
    let rows = table.rows().iter().skip(1).map(|row| row.cells());
    write_xlsx(&mut book, "Guests", &header, rows).unwrap();
    let back = read(&book.into_inner()).unwrap();
    let again = examine(&back, &ImportOptions::default(), &[]).unwrap();
    assert_eq!(first.drafts, again.drafts);
    assert_eq!(again.mapping.header_of(ListField::Phone), "Phone");
    assert_eq!(&*again.drafts[0].values.notes, "=1+1");
}
