use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1255, WINDOWS_1256,
};

use crate::{legacy, read, utf16be, utf16le};

const GERMAN: &str = "Vorname;Nachname;E-Mail;Firma\r\nJürgen;Müller;jm@example.com;Bäckerei Groß\r\nZoë;Weiß;z@example.com;Café Köln\r\nAndré;Schäfer;a@example.com;Möbel Öztürk\r\n";
const FRENCH: &str = "Nom;Prénom;Courriel;Société\rLefèvre;Hélène;h@example.com;Théâtre de l’Étoile\rGarçon;François;f@example.com;Crêperie Noël\rBenoît;Zoé;z@example.com;Hôtel du Château\r";
const SPANISH: &str = "Nombre,Correo electrónico,Compañía\r\nJosé Núñez,j@example.com,Peña e Hijos\r\nMaría Íñiguez,m@example.com,Año Nuevo\r\nRaúl Güell,r@example.com,\r\n";

#[test]
fn marks_tell_the_encoding() {
    let text = "Name,Company\r\nZoë 王小明,Ἀθῆναι\r\n";
    let table: [(&str, Vec<u8>); 5] = [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", ["\u{feff}", text].concat().into_bytes()),
        ("UTF-16LE", [&[0xff, 0xfe][..], &utf16le(text)].concat()),
        ("UTF-16BE", [&[0xfe, 0xff][..], &utf16be(text)].concat()),
        ("UTF-8", b"Name,Company\r\nAna,Firm\r\n".to_vec()),
    ];
    for (encoding, bytes) in table {
        let list = read(&bytes).unwrap();
        assert_eq!(list.encoding(), encoding);
        assert_eq!(list.rows().get(0).cell(0), "Name", "{encoding}");
    }
}

#[test]
fn utf16_without_a_mark_is_told_by_its_zeros() {
    for text in [
        "Name\tFirma\r\nZoë\tKöln\r\n",
        "Имя;Компания\r\nАнна Лунь;Фирма 7\r\nИван;Дом\r\n",
    ] {
        for (encoding, bytes) in [("UTF-16LE", utf16le(text)), ("UTF-16BE", utf16be(text))] {
            let list = read(&bytes).unwrap();
            assert_eq!(list.encoding(), encoding, "{text:?}");
            assert_eq!(list.rows().len(), text.lines().count());
        }
    }
}

#[test]
fn legacy_encodings_are_told_by_their_letters() {
    let table: &[(&'static Encoding, &str, &str)] = &[
        (WINDOWS_1252, GERMAN, "Bäckerei Groß"),
        (WINDOWS_1252, FRENCH, "Théâtre de l’Étoile"),
        (WINDOWS_1252, SPANISH, "Peña e Hijos"),
        (MACINTOSH, GERMAN, "Bäckerei Groß"),
        (MACINTOSH, FRENCH, "Théâtre de l’Étoile"),
        (MACINTOSH, SPANISH, "Peña e Hijos"),
        (WINDOWS_1252, "Name;Firma\nZoë Berg;\n", "Zoë Berg"),
        (
            MACINTOSH,
            "Name;Firma\nZoë Berg;\nHélène Roy;\n",
            "Hélène Roy",
        ),
        (
            WINDOWS_1250,
            "Jméno;Společnost\nŽofie Dvořáková;Květinářství Růže\nJiří Čech;Pekařství Děčín\nŁukasz Wójcik;Księgarnia Źródło\n",
            "Květinářství Růže",
        ),
        (
            WINDOWS_1251,
            "Имя;Компания\nАнна Лунь;Цветы и сады\nИван Громов;Книжный дом\nПётр Щукин;Лесная пристань\n",
            "Книжный дом",
        ),
        (
            WINDOWS_1253,
            "Όνομα;Εταιρεία\nΕλένη Παπά;Βιβλιοπωλείο\nΓιώργος Λάμπρου;Ανθοπωλείο Άνοιξη\n",
            "Ανθοπωλείο Άνοιξη",
        ),
        (
            WINDOWS_1255,
            "שם;חברה\nנועה לוי;ספרים ועוד\nיוסי כהן;פרחי השרון\n",
            "פרחי השרון",
        ),
        (
            WINDOWS_1256,
            "الاسم;الشركة\nليلى حسن;مكتبة النور\nسامي عمر;زهور الربيع\nمحمد عبد الله;دار السلام\n",
            "زهور الربيع",
        ),
        (
            SHIFT_JIS,
            "氏名,会社\n山田花子,さくら書店\n佐藤健,みどり製作所\n",
            "みどり製作所",
        ),
        (
            GBK,
            "姓名,公司\n王小明,春天书店\n李红梅,北京花园有限公司\n",
            "北京花园有限公司",
        ),
        (
            BIG5,
            "姓名,公司\n王小明,春天書店\n李紅梅,臺北花園有限公司\n",
            "臺北花園有限公司",
        ),
        (
            EUC_KR,
            "이름,회사\n김하늘,봄날서점\n이바다,초록꽃집\n",
            "초록꽃집",
        ),
    ];
    let mut wrong = Vec::new();
    for (encoding, text, value) in table {
        let list = read(&legacy(text, encoding)).unwrap();
        let found = list
            .rows()
            .iter()
            .any(|row| row.cells().any(|cell| cell == *value));
        // GBK's larger set has another name; what counts is the letters.
        if !found || (list.encoding() != encoding.name() && list.encoding() != "gb18030") {
            wrong.push(format!(
                "{value}: {} read as {}",
                encoding.name(),
                list.encoding()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn single_western_names_are_not_taken_for_something_rare() {
    let names = [
        "Zoë Berg",
        "José Núñez",
        "François Noël",
        "Jürgen Groß",
        "Søren Ærø",
        "Åsa Öberg",
        "Inês Conceição",
        "Niccolò Però",
        "Hélène Lefèvre",
        "Íñigo Peña",
        "Renée O’Neill",
        "Günther Jäger",
        "Björn Ångström",
        "João Magalhães",
        "Zoé Benoît",
    ];
    let mut wrong = Vec::new();
    for name in names {
        for encoding in [WINDOWS_1252, MACINTOSH] {
            let list = read(&legacy(&format!("Name,Company\n{name},Firm\n"), encoding)).unwrap();
            if list.rows().get(1).cell(0) != name {
                let found = list.rows().get(1).cell(0);
                wrong.push(format!(
                    "{name} in {} as {found}, {}",
                    encoding.name(),
                    list.encoding()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn damaged_utf8_stays_utf8_and_shows_where() {
    let bytes =
        b"Name,Company\nZo\xc3\xab,K\xc3\xb6ln\nH\xc3\xa9l\xc3\xa8ne,Caf\xe9 \xc3\x89toile\n";
    let list = read(bytes).unwrap();
    assert_eq!(list.encoding(), "UTF-8");
    assert_eq!(list.rows().get(2).cell(1), "Caf\u{fffd} Étoile");
}

#[test]
fn an_encoding_that_is_said_is_taken() {
    let options = gatehouse_sheet::ReadOptions {
        encoding: Some("macintosh".into()),
        ..Default::default()
    };
    let list = gatehouse_sheet::read_bytes(b"Name\nZo\x91\n", &options).unwrap();
    assert_eq!(list.rows().get(1).cell(0), "Zoë");
}
