//! What columns are called: English, Spanish, French, German, Portuguese, Italian, and some words
//! of Dutch, Polish, Swedish, Danish, Norwegian, Turkish, Czech, Russian, Greek, Arabic, Hebrew,
//! Hindi, Chinese, Japanese and Korean. Written as people write them; compared folded.

use rustc_hash::FxHashMap;

use super::clean::fold_header;
use super::draft::ListField;

/// Names of columns by field.
#[rustfmt::skip]
const WORDS: &[(ListField, &[&str])] = &[
    (ListField::Name, &[
        "Name", "Full name", "Guest", "Guest name", "Attendee", "Attendee name", "Participant",
        "Participant name", "Invitee", "Contact", "Contact name", "Person", "Names", "Recipient", "Recipient name",
        "Display name", "Holder",
        "Nombre", "Nombre completo", "Nombre y apellidos", "Nombre y apellido", "Nombres y apellidos",
        "Apellidos y nombre", "Apellidos, nombre", "Nombre del invitado", "Invitado", "Invitada", "Invitado/a", "Asistente",
        "Participante", "Nombre del asistente",
        "Nom", "Nom complet", "Nom et prénom", "Nom et prénoms", "Nom prénom", "Prénom et nom", "Prénom nom", "Invité", "Invitée",
        "Invité(e)", "Nom de l'invité", "Convive", "Participant(e)",
        "Vollständiger Name", "Vor- und Nachname", "Vorname und Nachname", "Vorname Nachname", "Vorname Name",
        "Name, Vorname", "Nachname, Vorname", "Name Vorname", "Gast", "Gastname", "Name des Gastes", "Teilnehmer", "Teilnehmerin",
        "Teilnehmer/in", "Teilnehmer:in", "Ganzer Name", "Kompletter Name", "Person", "Eingeladene",
        "Nome", "Nome completo", "Nome e sobrenome", "Nome do convidado", "Convidado", "Convidada", "Convidado(a)",
        "Nome e apelido", "Nome do participante",
        "Nome e cognome", "Cognome e nome", "Nominativo", "Ospite", "Invitato", "Invitata", "Nome dell'ospite", "Partecipante",
        "Naam", "Volledige naam", "Gast naam", "Naam gast", "Deelnemer", "Genodigde",
        "Imię i nazwisko", "Nazwisko i imię", "Gość", "Uczestnik", "Namn", "Fullständigt namn", "Gäst", "Navn", "Fulde navn", "Fullt navn",
        "Gæst", "Gjest", "Ad Soyad", "Adı Soyadı", "İsim", "Misafir", "Davetli", "Jméno", "Jméno a příjmení", "Host",
        "Имя", "Имя и фамилия", "ФИО", "Ф.И.О.", "Гость", "Ім'я", "ПІБ", "Όνομα", "Ονοματεπώνυμο", "Καλεσμένος",
        "الاسم", "الاسم الكامل", "اسم الضيف", "الضيف", "שם", "שם מלא", "नाम", "पूरा नाम", "姓名", "名字", "嘉宾", "嘉賓",
        "氏名", "お名前", "名前", "이름", "성명", "ชื่อ", "ชื่อ-นามสกุล", "Họ và tên", "Nama", "Nama lengkap",
    ]),
    (ListField::FirstName, &[
        "First name", "Firstname", "Given name", "Given names", "Forename", "First", "First names", "Christian name",
        "Nombre de pila", "Primer nombre", "Nombres", "Prénom", "Prénoms", "Vorname", "Vornamen", "Rufname",
        "Primeiro nome", "Nome próprio", "Nome di battesimo", "Voornaam", "Imię", "Förnamn", "Fornavn", "Ad", "Adı",
        "Křestní jméno", "Μικρό όνομα", "الاسم الأول", "שם פרטי", "पहला नाम", "名", "이름(名)",
    ]),
    (ListField::LastName, &[
        "Last name", "Lastname", "Surname", "Family name", "Second name", "Last", "Apellido", "Apellidos", "Primer apellido",
        "Nom de famille", "Nom de naissance", "Nachname", "Familienname", "Zuname", "Sobrenome", "Apelido", "Apelidos",
        "Último nome", "Cognome", "Achternaam", "Familienaam", "Nazwisko", "Efternamn", "Efternavn", "Etternavn", "Soyad",
        "Soyadı", "Příjmení", "Фамилия", "Прізвище", "Επώνυμο", "Επίθετο", "اسم العائلة", "اللقب", "שם משפחה", "उपनाम", "姓", "성",
    ]),
    (ListField::Email, &[
        "Email", "E-mail", "Mail", "Email address", "E-mail address", "Mail address", "Email 1", "Contact email", "Guest email",
        "Correo", "Correo electrónico", "Dirección de correo", "Dirección de correo electrónico", "Correo-e",
        "Courriel", "Adresse e-mail", "Adresse mail", "Adresse courriel", "Adresse électronique", "Mél", "Adresse de courriel",
        "E-Mail-Adresse", "Mailadresse", "E-Mail Adresse", "Elektronische Post", "Endereço de e-mail", "Endereço de email",
        "Correio eletrónico", "Correio eletrônico", "E-mail do convidado", "Indirizzo e-mail", "Indirizzo email",
        "Posta elettronica", "Indirizzo di posta elettronica", "E-mailadres", "Mailadres", "Adres e-mail", "Adres email", "E-post",
        "Epost", "E-postadress", "E-postadresse", "Mailadresse", "E-posta", "E-posta adresi", "Eposta", "E-mailová adresa",
        "Электронная почта", "Почта", "Эл. почта", "Емейл", "Е-мейл", "Ηλεκτρονικό ταχυδρομείο", "Ημέιλ", "البريد الإلكتروني", "بريد إلكتروني",
        "דוא\"ל", "דואר אלקטרוני", "אימייל", "ईमेल", "邮箱", "电子邮件", "電子郵件", "电子邮箱", "メール", "メールアドレス", "이메일", "อีเมล",
    ]),
    (ListField::Phone, &[
        "Phone", "Phone number", "Telephone", "Telephone number", "Tel", "Tel.", "Mobile", "Mobile phone", "Mobile number",
        "Cell", "Cell phone", "Cellphone", "Phone 1", "Contact number", "WhatsApp", "Phone no", "Tel no", "Mobile no",
        "Teléfono", "Teléfono móvil", "Número de teléfono", "Móvil", "Celular", "Nº de teléfono", "Tfno", "Tlf", "Teléfono celular",
        "Téléphone", "N° de téléphone", "Numéro de téléphone", "Tél", "Tél.", "Portable", "Téléphone portable",
        "Téléphone mobile", "N° téléphone", "Numéro", "GSM",
        "Telefon", "Telefonnummer", "Handy", "Handynummer", "Mobil", "Mobiltelefon", "Mobilnummer", "Rufnummer", "Tel.-Nr.", "Telefon-Nr.",
        "Telefone", "Telemóvel", "Número de telefone", "Nº de telefone", "Fone",
        "Telefono", "Cellulare", "Numero di telefono", "N. di telefono", "N° telefono", "Recapito telefonico",
        "Telefoon", "Telefoonnummer", "Mobiel", "Numer telefonu", "Komórka", "Mobilnummer", "Telefonnummer", "Telefon numarası",
        "Cep telefonu", "Cep", "Телефон", "Номер телефона", "Мобильный", "Τηλέφωνο", "Κινητό", "الهاتف", "رقم الهاتف", "الجوال", "טלפון", "נייד",
        "फ़ोन", "फोन", "मोबाइल", "电话", "電話", "手机", "手機", "電話番号", "携帯", "전화", "전화번호", "휴대폰", "โทรศัพท์",
    ]),
    (ListField::Company, &[
        "Company", "Company name", "Organization", "Organisation", "Organization name", "Employer", "Firm", "Business", "Institution", "Affiliation", "Org",
        "Empresa", "Compañía", "Organización", "Institución", "Entidad", "Sociedad", "Razón social",
        "Entreprise", "Société", "Organisme", "Établissement", "Compagnie", "Raison sociale", "Structure",
        "Firma", "Unternehmen", "Firmenname", "Betrieb", "Arbeitgeber", "Einrichtung", "Gesellschaft",
        "Companhia", "Organização", "Instituição", "Entidade", "Azienda", "Società", "Ditta", "Impresa", "Ente", "Organizzazione",
        "Bedrijf", "Bedrijfsnaam", "Organisatie", "Nazwa firmy", "Organizacja", "Företag", "Virksomhed", "Bedrift", "Şirket",
        "Kurum", "Společnost", "Компания", "Организация", "Εταιρεία", "Εταιρία", "الشركة", "المؤسسة", "חברה", "ארגון", "कंपनी", "公司", "单位", "單位", "会社", "会社名", "회사",
    ]),
    (ListField::Title, &[
        "Title", "Job title", "Role", "Position", "Function", "Job", "Occupation", "Designation",
        "Cargo", "Puesto", "Título", "Función", "Profesión", "Rol",
        "Titre", "Poste", "Fonction", "Intitulé du poste", "Profession",
        "Titel", "Funktion", "Berufsbezeichnung", "Stellung", "Beruf", "Rolle",
        "Função", "Profissão", "Titolo", "Ruolo", "Qualifica", "Mansione", "Incarico", "Functie", "Stanowisko", "Befattning", "Stilling", "Ünvan", "Görev", "Pozice", "Funkce",
        "Должность", "Θέση", "Τίτλος", "المنصب", "المسمى الوظيفي", "תפקיד", "पद", "职位", "職位", "职务", "役職", "肩書き", "직책", "직위",
    ]),
    (ListField::Notes, &[
        "Notes", "Note", "Comment", "Comments", "Remarks", "Remark", "Memo", "Observations",
        "Notas", "Nota", "Comentarios", "Comentario", "Observaciones", "Observación",
        "Remarques", "Remarque", "Commentaire", "Commentaires", "Observation",
        "Notizen", "Notiz", "Bemerkung", "Bemerkungen", "Anmerkung", "Anmerkungen", "Kommentar", "Hinweis", "Hinweise",
        "Observações", "Observação", "Comentários", "Comentário", "Anotações",
        "Annotazioni", "Osservazioni", "Commento", "Commenti", "Notities", "Opmerkingen", "Opmerking", "Uwagi", "Notatki",
        "Anteckningar", "Bemærkninger", "Merknader", "Notlar", "Açıklama", "Poznámka", "Poznámky", "Примечание", "Примечания", "Комментарий",
        "Σημειώσεις", "Παρατηρήσεις", "ملاحظات", "הערות", "टिप्पणी", "备注", "備註", "備考", "메모", "비고",
    ]),
    (ListField::Group, &[
        "Group", "Group name", "Family", "Household", "Party", "Party name", "Invitation group", "Delegation",
        "Grupo", "Familia", "Nombre del grupo", "Groupe", "Famille", "Nom du groupe", "Foyer",
        "Gruppe", "Familie", "Gruppenname", "Haushalt", "Família", "Nome do grupo",
        "Gruppo", "Famiglia", "Nucleo familiare", "Groep", "Gezin", "Grupa", "Rodzina", "Grupp", "Familj", "Grup", "Aile", "Skupina", "Rodina",
        "Группа", "Семья", "Ομάδα", "Οικογένεια", "المجموعة", "العائلة", "קבוצה", "משפחה", "समूह", "परिवार", "组", "分组", "团体", "組別", "グループ", "家族", "그룹", "가족",
    ]),
    (ListField::TicketType, &[
        "Ticket type", "Ticket", "Type", "Tier", "Pass", "Pass type", "Category", "Ticket category", "Ticket tier", "Admission", "Class",
        "Tipo de entrada", "Tipo de boleto", "Tipo de billete", "Tipo", "Entrada", "Categoría", "Boleto", "Pase",
        "Type de billet", "Billet", "Catégorie", "Type d'entrée", "Type de ticket", "Tarif",
        "Ticketart", "Tickettyp", "Ticket-Typ", "Kartenart", "Kategorie", "Ticketkategorie", "Karte", "Eintrittskarte", "Typ",
        "Tipo de ingresso", "Tipo de bilhete", "Ingresso", "Bilhete", "Categoria",
        "Tipo di biglietto", "Tipo biglietto", "Biglietto", "Tipologia", "Tickettype", "Categorie", "Rodzaj biletu", "Bilet", "Kategoria", "Typ biletu",
        "Biljettyp", "Biljett", "Billettype", "Billet type", "Bilet türü", "Bilet tipi", "Typ vstupenky", "Vstupenka", "Тип билета", "Билет", "Категория",
        "Τύπος εισιτηρίου", "Εισιτήριο", "نوع التذكرة", "التذكرة", "סוג כרטיס", "כרטיס", "टिकट", "票种", "票種", "门票类型", "チケット", "券種", "티켓", "티켓 종류",
    ]),
    (ListField::Seat, &[
        "Seat", "Seat number", "Seat no", "Seat no.", "Seating", "Assigned seat",
        "Asiento", "Número de asiento", "Butaca", "Plaza", "Siège", "Place", "Numéro de siège", "Numéro de place", "N° de place",
        "Sitz", "Sitzplatz", "Platz", "Sitznummer", "Platznummer", "Sitzplatznummer", "Platz-Nr.",
        "Assento", "Lugar", "Número do assento", "Cadeira", "Posto", "Poltrona", "Numero posto", "Posto a sedere", "Stoel", "Zitplaats", "Stoelnummer",
        "Miejsce", "Plats", "Sittplats", "Plads", "Sæde", "Sete", "Koltuk", "Sedadlo", "Místo", "Место", "Θέση καθίσματος", "Κάθισμα",
        "المقعد", "رقم المقعد", "מושב", "सीट", "座位", "座位号", "座號", "席", "座席", "좌석",
    ]),
    (ListField::PartySize, &[
        "Party size", "Group size", "Number of guests", "Guests total", "Total guests", "Pax", "Headcount", "Number of people", "No. of guests",
        "Persons", "People", "Size", "Número de personas", "Personas", "Cantidad de personas", "Total de personas", "Número de invitados",
        "Nombre de personnes", "Nb de personnes", "Nb personnes", "Nombre d'invités", "Personnes", "Effectif",
        "Anzahl Personen", "Personenzahl", "Anzahl Gäste", "Personen", "Gruppengröße", "Anzahl", "Personenanzahl",
        "Número de pessoas", "Pessoas", "Quantidade de pessoas", "Nº de pessoas", "Numero di persone", "Persone", "Numero persone", "Numero ospiti",
        "N. persone", "Aantal personen", "Aantal", "Liczba osób", "Antal personer", "Antall personer", "Kişi sayısı", "Počet osob", "Количество человек", "人数", "人數",
    ]),
    (ListField::PlusOnes, &[
        "Plus ones", "Plus one", "Plus-ones", "+1", "+1s", "Additional guests", "Extra guests", "Companions", "Accompanying", "Accompanying guests", "Number of companions",
        "Acompañantes", "Acompañante", "Número de acompañantes", "Accompagnants", "Accompagnant", "Nombre d'accompagnants", "Accompagnateurs",
        "Begleitung", "Begleitpersonen", "Begleiter", "Anzahl Begleitpersonen", "Begleitperson", "Acompanhantes", "Acompanhante", "Número de acompanhantes",
        "Accompagnatori", "Accompagnatore", "Numero accompagnatori", "Introducés", "Introducees", "Osoby towarzyszące", "Osoba towarzysząca", "Doprovod",
    ]),
    (ListField::Language, &[
        "Language", "Lang", "Locale", "Preferred language", "Idioma", "Lengua", "Langue", "Langue préférée", "Sprache", "Korrespondenzsprache",
        "Língua", "Lingua", "Taal", "Język", "Språk", "Sprog", "Dil", "Jazyk", "Язык", "Γλώσσα", "اللغة", "שפה", "भाषा", "语言", "語言", "言語", "언어",
    ]),
    (ListField::ExternalId, &[
        "ID", "External ID", "Guest ID", "Reference", "Ref", "Ref.", "Member ID", "Membership number", "Member number", "Customer number", "Customer ID", "Employee ID",
        "Contact ID", "Identifier", "Record ID", "Referencia", "Identificador", "Número de socio", "ID externo", "Référence", "Identifiant", "Réf", "Numéro d'adhérent",
        "Referenz", "Kennung", "Mitgliedsnummer", "Kundennummer", "Gast-ID", "Personalnummer", "Referência", "Número de sócio", "Riferimento", "Codice", "Identificativo", "Codice cliente",
        "Referentie", "Klantnummer", "Lidnummer", "Numer referencyjny", "Идентификатор", "Номер", "编号", "編號", "番号",
    ]),
];

/// Pieces of longer column names that tell the field, tried when no name fits whole.
#[rustfmt::skip]
const PIECES: &[(ListField, &[&str])] = &[
    (ListField::Email, &["email", "courriel", "correoelectronico", "epost", "mailadres", "почта"]),
    (ListField::Phone, &["telephone", "telefon", "phonenumber", "mobilephone", "cellphone", "handynummer", "whatsapp", "телефон"]),
    (ListField::TicketType, &["tickettype", "ticketcategory", "tipodeentrada", "typedebillet", "ticketart", "tipodeingresso", "tipodibiglietto"]),
    (ListField::PlusOnes, &["plusones", "plusone", "acompanantes", "accompagnants", "begleitperson", "acompanhantes", "accompagnatori"]),
    (ListField::FirstName, &["firstname", "givenname", "vorname", "prenom"]),
    (ListField::LastName, &["lastname", "surname", "familyname", "nachname", "nomdefamille", "apellidos", "cognome", "sobrenome"]),
    (ListField::Company, &["companyname", "nombredelaempresa", "nomdelentreprise", "nomdelasociete", "firmenname", "nomedaempresa", "nomeazienda"]),
    (ListField::Name, &["fullname", "guestname", "attendeename", "nombrecompleto", "nomcomplet", "nomecompleto"]),
];

/// Words that mean the whole name alone, and one part of it beside the other part.
#[rustfmt::skip]
const GENERIC_NAMES: &[&str] = &[
    "Name", "Nombre", "Nom", "Nome", "Naam", "Namn", "Navn", "Jméno", "Имя", "Ім'я", "Όνομα", "İsim", "名字", "이름",
];

/// The known column names, folded.
pub(crate) struct Vocabulary {
    words: FxHashMap<String, ListField>,
    generic: Vec<String>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut words = FxHashMap::default();
        for (field, names) in WORDS {
            for name in *names {
                words.entry(fold_header(name)).or_insert(*field);
            }
        }
        // "+1" folds to a digit that a list without a header may begin with.
        words.remove("1");
        Self {
            words,
            generic: GENERIC_NAMES.iter().map(|name| fold_header(name)).collect(),
        }
    }

    /// The field that a header names whole, a remark in brackets or a number behind it aside.
    pub(crate) fn exact(&self, header: &str) -> Option<ListField> {
        if matches!(header.trim(), "+1" | "+ 1") {
            return Some(ListField::PlusOnes);
        }
        let whole = fold_header(header);
        if whole.is_empty() {
            return None;
        }
        self.words.get(&whole).copied().or_else(|| {
            let (before, _) = header.split_once(['(', '[', '*', ':', '/', '\n'])?;
            self.words.get(&fold_header(before)).copied()
        })
    }

    /// The field that a piece of the header names.
    pub(crate) fn by_piece(&self, header: &str) -> Option<ListField> {
        let whole = fold_header(header);
        if whole.chars().count() > 60 {
            return None;
        }
        PIECES
            .iter()
            .find(|(_, pieces)| pieces.iter().any(|piece| whole.contains(piece)))
            .map(|(field, _)| *field)
    }

    /// Whether the header means the whole name only when no part of it stands beside.
    pub(crate) fn is_generic_name(&self, header: &str) -> bool {
        self.generic.contains(&fold_header(header))
    }
}
