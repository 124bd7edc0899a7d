//! Tickets: one for each member, never two, and what is written of them.

use std::io::Read;

use gatehouse_api::{ExportFormat, Issuing, PrintJob, Quiet};
use gatehouse_domain::event::{ClaimSet, CodeForm};
use gatehouse_print::Sheet;
use gatehouse_testkit::{Scratch, guest_list};

#[test]
fn a_type_that_is_full_refuses_before_the_first_ticket() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.ticket_types[1].capacity = Some(1);
    let home = scratch.event(&draft);
    scratch.import(
        &home,
        "Name,Ticket type\nAda Lark,VIP\nBen Moss,VIP\nCy Reed,Standard\n",
    );
    home.form_invitations("First").unwrap();
    let refused = home.issue_tickets(Issuing::default(), &Quiet).unwrap_err();
    assert_eq!(refused.code, "capacity_exceeded");
    assert!(
        refused.detail.contains("VIP holds 1, 2 are wanted"),
        "{}",
        refused.detail
    );
    assert_eq!(home.tickets_good().unwrap(), 0);
}

#[test]
fn two_desks_that_issue_at_once_give_nobody_two_tickets() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    scratch.import(&home, &guest_list(1_500));
    home.form_invitations("First").unwrap();
    let other = scratch.reopen().unwrap().open_event("Ball").unwrap();
    std::thread::scope(|scope| {
        for desk in [&home, &other] {
            // One of them may lose the race for a member; what it kept before is good.
            scope.spawn(move || desk.issue_tickets(Issuing::default(), &Quiet).ok());
        }
    });
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    assert_eq!(home.tickets_good().unwrap(), 1_500);
}

#[test]
fn plus_ones_get_tickets_in_their_hosts_name() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", "Name,Plus-ones\nAda Lark,2\n");
    assert_eq!(home.tickets_good().unwrap(), 3);
    let out = scratch.dir().join("report.csv");
    home.export(ExportFormat::Csv, &out).unwrap();
    let report = std::fs::read_to_string(out).unwrap();
    assert_eq!(report.matches("Ada Lark +1").count(), 2);
}

#[test]
fn every_claim_set_and_form_of_code_opens_the_door() {
    for claim_set in [ClaimSet::Slim, ClaimSet::Full] {
        for code_form in [CodeForm::Compact, CodeForm::Jwt] {
            let scratch = Scratch::new();
            let mut draft = Scratch::draft("Ball");
            draft.settings.claim_set = claim_set;
            draft.settings.code_form = code_form;
            let home = scratch.event(&draft);
            scratch.import(&home, "Name,E-mail\nZoë Šlâpfer,zoe@example.org\n");
            home.form_invitations("First").unwrap();
            home.issue_tickets(Issuing::default(), &Quiet).unwrap();
            scratch.open_doors();
            let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
            assert_eq!(code.starts_with("GH1:"), code_form == CodeForm::Compact);
            let shown = home.open_gate("Door").unwrap().admit(&code).unwrap();
            assert_eq!(shown.code.word(), "admitted", "{claim_set} {code_form}");
        }
    }
}

#[test]
fn a_bundle_holds_one_file_for_each_invitation_also_after_a_ticket_was_replaced() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(40));
    home.void_ticket(home.find_ticket("1").unwrap().id, None)
        .unwrap();
    home.issue_again(home.find_ticket("1").unwrap().id).unwrap();
    let out = scratch.dir().join("all.zip");
    let report = home.bundle_invitations(&out, &Quiet).unwrap();
    let invitations = home.file().read(|view| view.count_invitations()).unwrap();
    assert_eq!((report.files, report.tickets), (invitations as usize, 40));
    let mut zip = zip::ZipArchive::new(std::fs::File::open(out).unwrap()).unwrap();
    assert_eq!(zip.len(), report.files + 1);
    let mut manifest = String::new();
    zip.by_name("manifest.json")
        .unwrap()
        .read_to_string(&mut manifest)
        .unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let mut tickets = 0;
    for line in manifest["files"].as_array().unwrap() {
        tickets += line["tickets"].as_array().unwrap().len();
        let mut pdf = Vec::new();
        zip.by_name(line["file"].as_str().unwrap())
            .unwrap()
            .read_to_end(&mut pdf)
            .unwrap();
        let sum: String = <sha2::Sha256 as sha2::Digest>::digest(&pdf)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(line["sha256"], sum.as_str());
    }
    assert_eq!(tickets, 40);
}

#[test]
fn a_print_that_fails_leaves_no_half_file_and_one_that_works_counts_its_pages() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(9));
    let nowhere = scratch.dir().join("no/such/folder/tickets.pdf");
    assert!(
        home.print_tickets(PrintJob::all(Sheet::A6, false), &nowhere, &Quiet)
            .is_err()
    );
    for (sheet, pages) in [("a6", 9), ("a4-4up", 3), ("a4-8up", 2)] {
        let out = scratch.dir().join(format!("{sheet}.pdf"));
        let summary = home
            .print_tickets(PrintJob::all(sheet.parse().unwrap(), false), &out, &Quiet)
            .unwrap();
        assert_eq!((summary.tickets, summary.pages), (9, pages), "{sheet}");
        assert_eq!(std::fs::metadata(&out).unwrap().len(), summary.bytes);
    }
    assert!(home.find_ticket("1").unwrap().rendered_at.is_some());
    assert!(scratch.dir().read_dir().unwrap().all(|entry| {
        !entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with(".part")
    }));
}

#[test]
fn exported_text_never_becomes_a_formula() {
    let scratch = Scratch::new();
    let home = scratch.issued(
        "Ball",
        "Name,Company\n\"=HYPERLINK(\"\"http://example.org\"\")\",@SUM(A1)\n",
    );
    let out = scratch.dir().join("report.csv");
    home.export(ExportFormat::Csv, &out).unwrap();
    let report = std::fs::read_to_string(&out).unwrap();
    assert!(
        report.contains("'=HYPERLINK") && report.contains("'@SUM"),
        "{report}"
    );
    let table = gatehouse_sheet::read_path(&out, &gatehouse_sheet::ReadOptions::default()).unwrap();
    assert_eq!(
        table.rows().get(1).cell(4),
        "=HYPERLINK(\"http://example.org\")"
    );
}

#[test]
fn a_batch_that_is_called_off_takes_its_tickets_along_and_no_others() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(3));
    scratch.import(&home, "Name\nAda Lark\nBen Moss\n");
    home.form_invitations("Second batch").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let code = |n: &str| home.code_text(&home.find_ticket(n).unwrap()).unwrap();
    assert_eq!(gate.admit(&code("1")).unwrap().code.word(), "admitted");
    let first = home.batches().unwrap()[0].id;
    let done = home.cancel_batch(first, "wrong paper").unwrap();
    assert_eq!((done.voided, done.used), (3, 1));
    assert_eq!(gate.admit(&code("2")).unwrap().code.word(), "voided");
    assert_eq!(gate.admit(&code("4")).unwrap().code.word(), "admitted");
    assert_eq!(home.cancel_batch(first, "").unwrap().voided, 0);
    let again = home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    assert_eq!(again.issued, 0, "its members get none any more");
    assert_eq!(home.tickets_good().unwrap(), 2);
    let none = gatehouse_domain::id::BatchId(uuid::Uuid::nil());
    assert_eq!(
        home.cancel_batch(none, "").unwrap_err().code,
        "batch_unknown"
    );
}
