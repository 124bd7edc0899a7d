//! The rules on lists in memory: `"a|b\nc|d"` is two rows of two cells.

use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn list(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect()
}

fn look(text: &str, options: &ImportOptions) -> Examined {
    examine(list(text).as_slice(), options, &[]).unwrap()
}

fn look_plain(text: &str) -> Examined {
    look(text, &ImportOptions::default())
}

fn refused(text: &str, options: &ImportOptions) -> ImportError {
    examine(list(text).as_slice(), options, &[]).unwrap_err()
}

/// The guests that accepting makes, with ids 1, 2, 3 …
fn accept(examined: &Examined) -> Vec<ListedGuest> {
    examined
        .drafts
        .iter()
        .enumerate()
        .map(|(n, draft)| ListedGuest {
            id: id(n + 1),
            values: draft.values.clone(),
        })
        .collect()
}

fn id(n: usize) -> GuestId {
    GuestId(Uuid::from_u128(n as u128))
}

#[test]
fn headers_are_understood_in_many_languages() {
    let table = [
        (
            "Full name|E-mail|Phone number|Company|Job title|Notes|Group|Ticket type|Seat",
            "English",
        ),
        (
            "Nombre completo|Correo electrónico|Teléfono|Empresa|Cargo|Observaciones|Grupo|Tipo de entrada|Asiento",
            "Spanish",
        ),
        (
            "Nom complet|Courriel|N° de téléphone|Entreprise|Fonction|Remarques|Groupe|Type de billet|Siège",
            "French",
        ),
        (
            "Vollständiger Name|E-Mail-Adresse|Handynummer|Firma|Funktion|Bemerkungen|Gruppe|Ticketart|Sitzplatz",
            "German",
        ),
        (
            "Nome completo|Endereço de e-mail|Telemóvel|Organização|Função|Observações|Família|Tipo de bilhete|Assento",
            "Portuguese",
        ),
        (
            "Nominativo|Indirizzo e-mail|Cellulare|Azienda|Qualifica|Annotazioni|Famiglia|Tipo di biglietto|Posto",
            "Italian",
        ),
        (
            "Volledige naam|E-mailadres|Telefoonnummer|Bedrijf|Functie|Opmerkingen|Gezin|Tickettype|Stoel",
            "Dutch",
        ),
        (
            "Imię i nazwisko|Adres e-mail|Numer telefonu|Nazwa firmy|Stanowisko|Uwagi|Rodzina|Rodzaj biletu|Miejsce",
            "Polish",
        ),
        (
            "ФИО|Электронная почта|Телефон|Компания|Должность|Примечание|Группа|Тип билета|Место",
            "Russian",
        ),
        ("姓名|邮箱|手机|公司|职位|备注|分组|票种|座位", "Chinese"),
        (
            "الاسم الكامل|البريد الإلكتروني|رقم الهاتف|الشركة|المنصب|ملاحظات|المجموعة|نوع التذكرة|المقعد",
            "Arabic",
        ),
    ];
    use ListField::{Company, Email, Group, Name, Notes, Phone, Seat, TicketType, Title};
    for (header, language) in table {
        let examined = look_plain(&format!(
            "{header}\nZoë Berg|z@example.com|07700900123|X|Y|Z|G|VIP|A1"
        ));
        let fields: Vec<_> = examined.mapping.columns().iter().map(|c| c.field).collect();
        assert_eq!(
            fields,
            [
                Name, Email, Phone, Company, Title, Notes, Group, TicketType, Seat
            ],
            "{language}"
        );
        assert!(
            examined.errors.is_empty(),
            "{language}: {:?}",
            examined.errors
        );
    }
}

#[test]
fn case_accents_punctuation_and_remarks_in_headers_do_not_count() {
    for header in [
        "EMAIL",
        "e-mail",
        "E mail:",
        "Email*",
        "email (required)",
        "Correo electronico",
        "CORREO ELECTRÓNICO",
        "Adresse e-mail",
        "Your e-mail address",
        "E-Mail Adresse (privat)",
        "Indirizzo  Email",
        "Guest Email Address",
    ] {
        let examined = look_plain(&format!("Name|{header}\nZoë Berg|"));
        assert_eq!(
            examined.mapping.header_of(ListField::Email),
            clean_text(header).unwrap()
        );
    }
}

#[test]
fn first_and_last_names_are_joined_as_each_language_means_them() {
    for (header, row, name) in [
        ("First name|Last name", "Zoë|Berg", "Zoë Berg"),
        ("Name|Surname", "Zoë|Berg", "Zoë Berg"),
        ("Name|Vorname", "Berg|Zoë", "Zoë Berg"),
        ("Nom|Prénom", "Berg|Zoë", "Zoë Berg"),
        ("Nombre|Apellidos", "Zoë|Berg Ruiz", "Zoë Berg Ruiz"),
        ("Nome|Cognome", "Zoë|Berg", "Zoë Berg"),
        ("Naam|Voornaam", "Berg|Zoë", "Zoë Berg"),
        ("Full name|First name", "Dr Zoë Berg|Zoë", "Dr Zoë Berg"),
        ("Full name|First name|Last name", "|Zoë|Berg", "Zoë Berg"),
        ("First name|Last name", "|Berg", "Berg"),
    ] {
        let examined = look_plain(&format!("{header}\n{row}"));
        assert_eq!(&*examined.drafts[0].values.name, name, "{header}");
    }
}

#[test]
fn columns_nobody_knows_become_custom_fields_and_a_second_one_is_said() {
    let examined = look_plain("Name|Menu|Email|Email 2\nZoë|vegan|z@example.com|y@example.com");
    let values = &examined.drafts[0].values;
    assert_eq!(values.custom("Menu"), "vegan");
    assert_eq!(values.custom("Email 2"), "y@example.com");
    assert_eq!(examined.notes[0].code, "column_repeated");
    let examined = look_plain("Name|Email|E-mail\nZoë|z@example.com|y@example.com");
    assert_eq!(&*examined.drafts[0].values.email, "z@example.com");
    assert_eq!(examined.drafts[0].values.custom("E-mail"), "y@example.com");
    assert_eq!(examined.notes[0].code, "column_repeated");
    assert!(
        examined.notes[0].message.contains("“E-mail”"),
        "{:?}",
        examined.notes
    );
}

#[test]
fn content_tells_columns_whose_header_says_nothing() {
    let examined = look_plain(
        "A|B|C\nZoë Berg|+44 7700 900123|z@example.com\nBo Lind|+44 7700 900124|b@example.com",
    );
    let by = |field| {
        examined
            .mapping
            .columns()
            .iter()
            .find(|c| c.field == field)
            .unwrap()
    };
    assert_eq!(by(ListField::Email).header, "C");
    assert_eq!(by(ListField::Phone).header, "B");
    assert_eq!(by(ListField::Name).header, "A");
    assert_eq!(by(ListField::Name).by, MappedBy::Content);
    assert_eq!(examined.layout.header_line(), Some(1));
}

#[test]
fn a_list_without_a_header_is_read_by_content_and_says_so() {
    let examined = look_plain("z@example.com|Zoë Berg|X Ltd\nb@example.com|Bo Lind|Y Ltd");
    assert_eq!(examined.rows, 2);
    assert_eq!(&*examined.drafts[0].values.name, "Zoë Berg");
    assert_eq!(&*examined.drafts[0].values.email, "z@example.com");
    assert_eq!(examined.drafts[0].values.custom("Column 3"), "X Ltd");
    assert_eq!(examined.layout.header_line(), None);
    assert_eq!(examined.notes[0].code, "header_missing");
    let examined = look_plain("Zoë Berg\nBo Lind\nCid");
    assert_eq!(examined.drafts.len(), 3);
}

#[test]
fn titles_above_the_header_are_passed_over() {
    let examined =
        look_plain("Guest list 2026||\nSpring gala||\nName|Email|Company\nZoë|z@example.com|X");
    assert_eq!(examined.layout.header_line(), Some(3));
    assert_eq!(examined.rows, 1);
    assert_eq!(examined.drafts[0].line, 4);
    let options = ImportOptions {
        header_line: Some(2),
        ..Default::default()
    };
    let examined = look("Name|Email\nInvitee|Mail\nZoë|z@example.com", &options);
    assert_eq!(examined.layout.header_line(), Some(2));
}

#[test]
fn what_a_person_says_of_columns_holds() {
    let options = |map: &[(ListField, &str)]| ImportOptions {
        map: map.iter().map(|(f, h)| (*f, (*h).to_owned())).collect(),
        ..Default::default()
    };
    let text = "Nombre|Quién|Correo\nmesa 1|Zoë Berg|z@example.com";
    let examined = look(text, &options(&[(ListField::Name, "quien")]));
    assert_eq!(&*examined.drafts[0].values.name, "Zoë Berg");
    assert_eq!(examined.drafts[0].values.custom("Nombre"), "mesa 1");
    let examined = look(
        text,
        &options(&[(ListField::Name, "2"), (ListField::Ignore, "Nombre")]),
    );
    assert_eq!(examined.drafts[0].values.custom, []);
    let error = refused(text, &options(&[(ListField::Name, "Nome")]));
    assert_eq!(error.code(), "column_unknown");
    assert!(
        error.to_string().ends_with("Nombre, Quién, Correo"),
        "{error}"
    );
    let twice = options(&[(ListField::Name, "Quién"), (ListField::Name, "Nombre")]);
    assert_eq!(refused(text, &twice).code(), "field_mapped_twice");
    let both = options(&[(ListField::Name, "Quién"), (ListField::Title, "Quién")]);
    assert_eq!(refused(text, &both).code(), "column_mapped_twice");
    let line = ImportOptions {
        header_line: Some(99),
        ..Default::default()
    };
    assert_eq!(refused(text, &line).code(), "header_line_unknown");
    assert_eq!(
        refused("Email|Seat\nz@example.com|A1", &options(&[])).code(),
        "name_column_missing"
    );
    assert_eq!(refused("Name|Email", &options(&[])).code(), "rows_missing");
    assert_eq!(refused("", &options(&[])).code(), "rows_missing");
}

#[test]
fn remembered_columns_are_known_again() {
    let options = ImportOptions {
        remembered: vec![
            ("wer".into(), ListField::Name),
            ("Tisch".into(), ListField::Group),
        ],
        ..Default::default()
    };
    let examined = look("Wer|Tisch|Name\nZoë Berg|4|x", &options);
    assert_eq!(&*examined.drafts[0].values.name, "Zoë Berg");
    assert_eq!(&*examined.drafts[0].values.group, "4");
    assert_eq!(examined.mapping.columns()[0].by, MappedBy::Remembered);
    assert!(
        examined
            .mapping
            .to_remember()
            .contains(&("Wer".into(), ListField::Name))
    );
}

#[test]
fn every_error_of_every_row_is_reported_with_line_column_value_and_code() {
    let long = "x".repeat(201);
    let huge = "y".repeat(40_000);
    let note = "z".repeat(10_001);
    let text = format!(
        "Name|Email|Phone|Ticket type|Seat|Party size|Language|Notes\n\
         Zoë|z@example.com|07700900123|vip|A1|2|de|ok\n\
         |bad|12|Gold|B1|0|Klingon|\n\
         {long}|||VIP||51||{note}\n\
         Bo|||VIP|a 1|||\n\
         Cid|||VIP||||x|more\n\
         D\u{7}an|||VIP||||\n\
         E\u{fffd}a|||VIP||||\n\
         Flo|||VIP||||{huge}\n"
    );
    let options = ImportOptions {
        ticket_types: vec!["VIP".into()],
        ..Default::default()
    };
    let examined = look(&text, &options);
    let found: Vec<(u32, &str, &str)> = examined
        .errors
        .iter()
        .map(|error| (error.line, error.column.as_str(), error.code.word()))
        .collect();
    assert_eq!(
        found,
        [
            (3, "Email", "email_invalid"),
            (3, "Phone", "phone_invalid"),
            (3, "Ticket type", "ticket_type_unknown"),
            (3, "Party size", "party_size_invalid"),
            (3, "Language", "language_unknown"),
            (3, "Name", "name_missing"),
            (4, "Name", "name_too_long"),
            (4, "Party size", "party_size_invalid"),
            (4, "Notes", "cell_too_long"),
            (5, "Seat", "seat_taken"),
            (6, "", "ragged_row"),
            (7, "Name", "control_characters"),
            (8, "Name", "text_damaged"),
            (9, "Notes", "cell_too_long"),
        ]
    );
    assert_eq!(examined.rows, 8);
    assert_eq!(examined.drafts.len(), 1);
    assert_eq!(&*examined.drafts[0].values.ticket_type, "VIP");
    assert_eq!(examined.errors[0].value, "bad");
    assert!(
        examined
            .errors
            .iter()
            .all(|error| error.value.chars().count() <= 120)
    );
    assert!(
        examined.errors[9].message.contains("line 2"),
        "{:?}",
        examined.errors[9]
    );
}

#[test]
fn unknown_ticket_types_are_made_when_asked() {
    let options = ImportOptions {
        ticket_types: vec!["VIP".into()],
        create_ticket_types: true,
        ..Default::default()
    };
    let examined = look("Name|Type\nA|vip\nB|Press\nC|PRESS", &options);
    let types: Vec<_> = examined
        .drafts
        .iter()
        .map(|d| &*d.values.ticket_type)
        .collect();
    assert_eq!(types, ["VIP", "Press", "Press"]);
    assert_eq!(examined.new_ticket_types, ["Press"]);
}

#[test]
fn parties_are_counted_with_the_guest() {
    let examined = look_plain("Name|Plus ones\nA|+1\nB|2\nC|\nD|yes\nE|no\nF|0\nG|x y");
    let sizes: Vec<_> = examined
        .drafts
        .iter()
        .map(|d| d.values.party_size)
        .collect();
    assert_eq!(sizes, [Some(2), Some(3), None, Some(2), Some(1), Some(1)]);
    assert_eq!(examined.errors[0].code, RowCode::PartySizeInvalid);
}

#[test]
fn duplicates_are_the_same_person_and_couples_are_not() {
    let table: &[(&str, &[(u32, u32)])] = &[
        ("1|Zoë|z@example.com||\n1|Zed|y@example.com||", &[(3, 2)]),
        (
            "|Zoë Berg|z@example.com||\n|ZOE  BERG|Z@Example.com||",
            &[(3, 2)],
        ),
        ("1|Zoë|z@example.com||\n2|Zoë|z@example.com||", &[]),
        (
            "1|Zoë|z@example.com||\n|Zoë|z@example.com||\n|Zoë|z@example.com||",
            &[(3, 2), (4, 2)],
        ),
        ("|Ana|f@example.com||\n|Bo|f@example.com||", &[]),
        ("|Zoë||07700900123|\n|Zoë||07700 900123|", &[(3, 2)]),
        ("|Zoë|||Firm\n|Zoë|||FIRM.", &[(3, 2)]),
        ("|Zoë|||\n|Zoë|||", &[]),
        ("|Zoë|z@example.com||Firm\n|Zoë|||Firm", &[]),
        ("|Zoë|a@example.com||Firm\n|Zoë|b@example.com||Firm", &[]),
        (
            "|O'Neill|z@example.com||\n|O’Neill|z@example.com||",
            &[(3, 2)],
        ),
        ("|Bad|nomail||\n|Bad|nomail||", &[]),
    ];
    for (rows, expected) in table {
        let examined = look_plain(&format!("ID|Name|Email|Phone|Company\n{rows}"));
        let found: Vec<_> = examined.duplicates.iter().map(|d| (d.line, d.of)).collect();
        assert_eq!(found, *expected, "{rows}");
        let kept = rows.lines().count() - expected.len() - examined.errors.len();
        assert_eq!(examined.drafts.len(), kept, "{rows}");
    }
}

#[test]
fn a_second_list_shows_what_it_would_change() {
    let header = "ID|Name|Email|Phone|Company|Menu\n";
    let known = accept(&look_plain(&format!(
        "{header}\
         7|Zoë Berg|z@example.com||Firm|\n\
         |Ana|pair@example.com|||\n\
         |Bo|pair@example.com|||\n\
         |Cid Lind|c@example.com||Firm|fish\n\
         |Dan||07700900123||\n\
         |Eva|||Firm|\n\
         |Flo||||\n\
         |Gil|g@example.com|||"
    )));
    let text = format!(
        "{header}\
         7|Zoë Berg-Ruiz|new@example.com|||\n\
         |Bo|PAIR@example.com|||vegan\n\
         |Cid Lindqvist|c@example.com|||\n\
         |Dan|d@example.com|07700 900123||\n\
         |Eva|||Firm|\n\
         |Flo||||\n\
         |Hal|h@example.com|||"
    );
    let examined = examine(list(&text).as_slice(), &ImportOptions::default(), &known).unwrap();
    let plan = &examined.plan;
    assert_eq!(plan.added, [6]);
    assert_eq!(
        plan.unchanged.iter().map(|k| k.guest).collect::<Vec<_>>(),
        [id(6), id(7)]
    );
    assert_eq!(plan.missing, [id(2), id(8)]);
    let mut changes = String::new();
    for change in &plan.changed {
        for field in &change.fields {
            writeln!(
                changes,
                "{} {}: {} > {}",
                change.draft, field.field, field.before, field.after
            )
            .unwrap();
        }
    }
    assert_eq!(
        changes,
        "0 name: Zoë Berg > Zoë Berg-Ruiz\n\
         0 email: z@example.com > new@example.com\n\
         1 email: pair@example.com > PAIR@example.com\n\
         1 Menu:  > vegan\n\
         2 name: Cid Lind > Cid Lindqvist\n\
         3 email:  > d@example.com\n"
    );
    let cid = known[3].values.updated_with(&examined.drafts[2].values);
    assert_eq!(
        (&*cid.name, &*cid.company, cid.custom("Menu")),
        ("Cid Lindqvist", "Firm", "fish")
    );
}

#[test]
fn a_guest_whose_row_is_bad_is_not_missing() {
    let known = accept(&look_plain(
        "Name|Email|Phone\nZoë|z@example.com|07700900123",
    ));
    let text = "Name|Email|Phone\nZoë|z@example.com|no number";
    let examined = examine(list(text).as_slice(), &ImportOptions::default(), &known).unwrap();
    assert_eq!(examined.errors.len(), 1);
    assert_eq!(examined.plan, Plan::default());
}

#[test]
fn a_seat_that_a_staying_guest_keeps_is_taken_and_a_swap_is_not() {
    let known = accept(&look_plain("Name|Seat\nZoë Berg|A1\nBo|A2\nCid|A3"));
    let text = "Name|Seat\nZoë Berg|A2\nBo|A1\nDan|A3";
    let examined = examine(list(text).as_slice(), &ImportOptions::default(), &known).unwrap();
    assert_eq!(examined.plan.changed.len(), 2);
    let error = &examined.errors[0];
    assert_eq!((error.line, error.code), (4, RowCode::SeatTaken));
    assert!(error.message.contains("Cid"), "{error:?}");
}

#[test]
fn the_report_is_one_object_as_the_command_line_prints_it() {
    let examined = look_plain("Nombre|Correo\nZoë|z@example.com\nBo|bad");
    let report = serde_json::to_value(examined.report("UTF-8", Some(';'))).unwrap();
    assert_eq!(report["delimiter"], ";");
    assert_eq!(report["rows"], 2);
    assert_eq!(report["mapping"]["email"], "Correo");
    assert_eq!(report["plan"]["added"], 1);
    assert_eq!(report["preview"][0]["name"], "Zoë");
    assert_eq!(report["preview"][0]["company"], serde_json::Value::Null);
    assert_eq!(report["errors"][0]["line"], 3);
    assert_eq!(report["errors"][0]["code"], "email_invalid");
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "", "Zoë Berg", "Bo", "bo ", "z@example.com", "Z@example.com", "b@example.com", "bad@",
            "07700 900123", "+447700900123", "Firm", "firm.", "1", "2", "A1", "=1+1", "VIP", "—", "?", "÷",
        ]).prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| text.replace(['|', '\n', '\r'], " ")),
    ]
}

proptest! {
    #[test]
    fn importing_the_same_list_again_changes_nothing(
        rows in prop::collection::vec(prop::collection::vec(cell(), 7), 1..24),
    ) {
        let mut lines = vec![["ID", "Name", "Email", "Phone", "Company", "Seat", "Menu"].map(String::from).to_vec()];
        lines.extend(rows);
        let options = ImportOptions::default();
        let first = examine(lines.as_slice(), &options, &[]).unwrap();
        let guests = accept(&first);
        let again = examine(lines.as_slice(), &options, &guests).unwrap();
        prop_assert_eq!(&again.plan.added, &Vec::<usize>::new());
        prop_assert_eq!(&again.plan.changed, &Vec::new());
        prop_assert_eq!(&again.plan.missing, &Vec::new());
        prop_assert_eq!(again.plan.unchanged.len(), guests.len());
        for kept in &again.plan.unchanged {
            prop_assert_eq!(kept.guest, guests[kept.draft].id);
        }
    }

    #[test]
    fn every_row_is_a_guest_a_duplicate_or_in_error_and_each_guest_is_used_once(
        rows in prop::collection::vec(prop::collection::vec(cell(), 1..8), 1..24),
        known in prop::collection::vec(prop::collection::vec(cell(), 5), 0..16),
    ) {
        let header = ["ID", "Name", "Email", "Phone", "Company"].map(String::from).to_vec();
        let options = ImportOptions::default();
        let old: Vec<_> = std::iter::once(header.clone()).chain(known).collect();
        let guests = examine(old.as_slice(), &options, &[]).map(|e| accept(&e)).unwrap_or_default();
        let lines: Vec<_> = std::iter::once(header).chain(rows).collect();
        let examined = examine(lines.as_slice(), &options, &guests).unwrap();
        let mut bad: Vec<u32> = examined.errors.iter().map(|e| e.line).collect();
        bad.dedup();
        prop_assert_eq!(examined.drafts.len() + examined.duplicates.len() + bad.len(), examined.rows);
        let plan = &examined.plan;
        prop_assert_eq!(
            plan.added.len() + plan.changed.len() + plan.unchanged.len(),
            examined.drafts.len()
        );
        let mut used: Vec<GuestId> = plan.changed.iter().map(|c| c.guest)
            .chain(plan.unchanged.iter().map(|k| k.guest)).chain(plan.missing.iter().copied()).collect();
        let count = used.len();
        used.sort_unstable();
        used.dedup();
        prop_assert_eq!(used.len(), count);
    }

    #[test]
    fn cleaning_is_final_and_never_fails_on_plain_text(text in any::<String>()) {
        if let Ok(clean) = clean_text(&text) {
            prop_assert_eq!(clean_text(&clean).unwrap(), clean.as_ref());
        }
        if let Some(phone) = check_phone(&text, &PhoneRule::default()) {
            let phone = phone.into_owned();
            prop_assert_eq!(check_phone(&phone, &PhoneRule::default()).unwrap(), phone.as_str());
        }
    }
}
