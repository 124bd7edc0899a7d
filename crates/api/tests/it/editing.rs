//! Lists are taken whole or not at all, every edit has its line, and edits can be undone.

use gatehouse_api::{ImportChoices, Issuing, Problem, Quiet};
use gatehouse_testkit::{Scratch, guest_list};

fn names(home: &gatehouse_api::EventHome) -> Vec<String> {
    let guests = home
        .file()
        .read(|view| view.guests())
        .map_err(Problem::from)
        .unwrap();
    guests
        .iter()
        .map(|guest| guest.values.name.to_string())
        .collect()
}

#[test]
fn a_newer_list_changes_what_changed_and_blank_cells_erase_nothing() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    scratch.import(
        &home,
        "Name,E-mail,Company\nAda Lark,ada@example.org,Lark Ltd\nBen Moss,ben@example.org,\n",
    );
    let path = scratch.write(
        "newer.csv",
        b"Name,E-mail,Company\nAda Lark,ada@example.org,\nBen Moss,ben@example.org,Moss & Co\nCy Reed,cy@example.org,\n",
    );
    let preview = home
        .preview_import(&path, ImportChoices::default())
        .unwrap();
    let plan = preview.report().plan;
    assert_eq!(
        (plan.added, plan.changed, plan.unchanged, plan.missing),
        (1, 1, 1, 0)
    );
    home.accept_import(preview).unwrap();
    let guests = home
        .file()
        .read(|view| view.guests())
        .map_err(Problem::from)
        .unwrap();
    let companies: Vec<&str> = guests.iter().map(|g| &*g.values.company).collect();
    assert_eq!(companies, ["Lark Ltd", "Moss & Co", ""]);
}

#[test]
fn a_plan_that_another_edit_overtook_is_refused_and_nothing_is_written() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let path = scratch.write("list.csv", b"Name\nAda Lark\n");
    let stale = home
        .preview_import(&path, ImportChoices::default())
        .unwrap();
    scratch.import(&home, "Name\nBen Moss\n");
    assert_eq!(home.accept_import(stale).unwrap_err().code, "plan_stale");
    assert_eq!(names(&home), ["Ben Moss"]);
}

#[test]
fn undo_takes_an_import_back_and_undoing_that_brings_it_again() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    scratch.import(&home, "Name,E-mail\nAda Lark,ada@example.org\n");
    scratch.import(
        &home,
        "Name,E-mail\nAda Larkin,ada@example.org\nBen Moss,ben@example.org\n",
    );
    assert_eq!(names(&home), ["Ada Larkin", "Ben Moss"]);
    let undone = home.undo(None).unwrap();
    assert_eq!(
        (undone.meta.command.as_str(), undone.meta.actor.as_str()),
        ("import guests", "test")
    );
    assert_eq!(names(&home), ["Ada Lark"]);
    let line = home.edits(1).unwrap().remove(0);
    assert_eq!(line.meta.command, "undo: import guests");
    home.undo(Some(line.meta.id)).unwrap();
    assert_eq!(names(&home), ["Ada Larkin", "Ben Moss"]);
    assert_eq!(
        home.undo(Some(undone.meta.id)).unwrap_err().code,
        "edit_already_undone"
    );
}

#[test]
fn undo_tells_which_later_edit_stands_in_the_way_and_changes_nothing() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    scratch.import(&home, "Name,E-mail\nAda Lark,ada@example.org\n");
    let first = home.edits(1).unwrap().remove(0).meta.id;
    scratch.import(&home, "Name,E-mail\nAda Larkin,ada@example.org\n");
    let refused = home.undo(Some(first)).unwrap_err();
    assert_eq!(refused.code, "later_edit_in_the_way");
    assert!(
        refused.detail.contains("“import guests” by test"),
        "{}",
        refused.detail
    );
    assert_eq!(names(&home), ["Ada Larkin"]);
    home.undo(None).unwrap();
    home.undo(Some(first)).unwrap();
    assert_eq!(names(&home), [""; 0]);
}

#[test]
fn what_has_left_the_house_is_not_undone() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(3));
    let edits = home.edits(100).unwrap();
    let find = |command: &str| {
        edits
            .iter()
            .find(|e| e.meta.command == command)
            .unwrap()
            .meta
            .id
    };
    assert_eq!(
        home.undo(Some(find("issue tickets"))).unwrap_err().code,
        "edit_not_undoable"
    );
    let refused = home.undo(Some(find("form invitations"))).unwrap_err();
    assert_eq!(refused.code, "edit_depended_on", "{}", refused.detail);
    assert_eq!(home.tickets_good().unwrap(), 3);
}

#[test]
fn the_contact_book_knows_the_same_person_over_two_events() {
    let scratch = Scratch::new();
    for title in ["Spring Ball", "Autumn Ball"] {
        let home = scratch.event(&Scratch::draft(title));
        scratch.import(
            &home,
            "Name,E-mail\nAda Lark,ada@example.org\nBen Moss,ben@example.org\n",
        );
        home.project_contacts().unwrap();
        home.project_contacts().unwrap();
    }
    let contact = scratch
        .workspace
        .find_contact("ADA@example.org", "ada lark")
        .unwrap()
        .unwrap();
    assert_eq!((contact.name.as_str(), contact.events), ("Ada Lark", 2));
    assert_eq!(scratch.workspace.count_contacts().unwrap(), 2);
}

#[test]
fn a_workspace_opens_again_and_an_event_is_found_by_id_beginning_and_title() {
    let scratch = Scratch::new();
    let home = scratch.issued("Harbour Ball", &guest_list(2));
    let id = home.id().to_string();
    let again = scratch.reopen().unwrap();
    for which in [id.as_str(), &id[..8], "Harbour Ball"] {
        assert_eq!(again.open_event(which).unwrap().id(), home.id());
    }
    assert_eq!(
        again.open_event("Garden Ball").unwrap_err().code,
        "event_unknown"
    );
    let mut wrong = Scratch::draft("x");
    wrong.time_zone = "Mars/Olympus".into();
    let refused = scratch
        .workspace
        .create_event(&wrong, "ed25519".parse().unwrap())
        .unwrap_err();
    let codes: Vec<_> = refused.errors.iter().map(|e| e.code).collect();
    assert_eq!(codes, ["title_too_short", "time_zone_unknown"]);
    assert_eq!(again.events().unwrap().len(), 1, "nothing is written");
    assert_eq!(
        home.issue_tickets(Issuing::default(), &Quiet)
            .unwrap()
            .issued,
        0
    );
}
