//! Guest lists: taken whole or not at all, read again without harm, turned into invitations.

use gatehouse_api::{EventHome, ImportChoices, Problem};
use gatehouse_domain::invitation::PartyKind;
use gatehouse_testkit::{Scratch, guest_list};

fn guests(home: &EventHome) -> u64 {
    home.file().read(|view| view.count_guests()).unwrap()
}

#[test]
fn a_list_with_bad_rows_is_refused_whole_and_its_good_rows_are_taken_when_asked_for() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let edits = home.edits(u32::MAX).unwrap().len();
    let path = scratch.write(
        "list.csv",
        b"Name,E-mail,Ticket type\nAda Lark,ada@example.org,VIP\nBen Moss,not an address,VIP\nCy Reed,cy@example.org,Balcony\n",
    );
    let preview = home
        .preview_import(&path, ImportChoices::default())
        .unwrap();
    assert!(preview.has_errors());
    let refused = home.accept_import(preview).unwrap_err();
    assert_eq!(refused.code, "rows_invalid");
    assert!(
        refused.detail.starts_with("2 values") && refused.detail.contains("nothing was written"),
        "{}",
        refused.detail
    );
    assert_eq!(guests(&home), 0);
    assert_eq!(home.edits(u32::MAX).unwrap().len(), edits);

    let choices = ImportChoices {
        skip_bad_rows: true,
        ..ImportChoices::default()
    };
    let preview = home.preview_import(&path, choices).unwrap();
    assert_eq!(home.accept_import(preview).unwrap().plan.added, 1);
    assert_eq!(guests(&home), 1);
}

#[test]
fn ticket_types_of_a_list_are_made_only_when_asked_for() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let path = scratch.write("list.csv", b"Name,Ticket type\nAda Lark,Balcony\n");
    let choices = ImportChoices {
        create_ticket_types: true,
        ..ImportChoices::default()
    };
    let preview = home.preview_import(&path, choices).unwrap();
    home.accept_import(preview).unwrap();
    let types = || {
        let types = home.file().read(|view| view.ticket_types()).unwrap();
        types.into_iter().map(|t| t.name).collect::<Vec<_>>()
    };
    assert_eq!(types(), ["Standard", "VIP", "Balcony"]);
    home.undo(None).unwrap();
    assert_eq!(types(), ["Standard", "VIP"], "it goes with its import");
}

#[test]
fn a_list_read_again_changes_nothing_and_leaves_no_line() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let list = guest_list(40);
    scratch.import(&home, &list);
    let edits = home.edits(u32::MAX).unwrap();
    let path = scratch.write("again.csv", list.as_bytes());
    let preview = home
        .preview_import(&path, ImportChoices::default())
        .unwrap();
    let plan = home.accept_import(preview).unwrap().plan;
    assert_eq!(
        (plan.added, plan.changed, plan.unchanged, plan.missing),
        (0, 0, 40, 0)
    );
    assert_eq!(guests(&home), 40);
    assert_eq!(home.edits(u32::MAX).unwrap(), edits);
}

#[test]
fn those_who_are_off_the_list_go_when_asked_for_unless_they_are_invited() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    scratch.import(&home, "Name,E-mail\nAda Lark,ada@example.org\n");
    home.form_invitations("First").unwrap();
    scratch.import(&home, "Name,E-mail\nBen Moss,ben@example.org\n");
    let path = scratch.write("list.csv", b"Name,E-mail\nCy Reed,cy@example.org\n");
    let choices = ImportChoices {
        remove_missing: true,
        ..ImportChoices::default()
    };
    let preview = home.preview_import(&path, choices).unwrap();
    let taken = home.accept_import(preview).unwrap();
    assert_eq!((taken.plan.missing, taken.removed), (2, 1));
    let names: Vec<String> = home
        .file()
        .read(|view| view.guests())
        .unwrap()
        .into_iter()
        .map(|guest| guest.values.name.to_string())
        .collect();
    assert_eq!(names, ["Ada Lark", "Cy Reed"]);
}

#[test]
fn families_groups_and_companies_share_an_invitation() {
    let list = "Name,E-mail,Company,Group\n\
        Ada Lark,larks@example.org,,\n\
        Ben Lark,larks@example.org,,\n\
        Cy Reed,cy@example.org,Reed & Co,\n\
        Dee Reed,dee@example.org,REED & CO,\n\
        Eve Holm,eve@example.org,Reed & Co,Table 1\n\
        Fay Holm,fay@example.org,,Table 1\n\
        Gus Pine,gus@example.org,Pine Ltd,\n";
    let table = [
        (
            true,
            vec![
                (PartyKind::Family, 2),
                (PartyKind::Company, 2),
                (PartyKind::Group, 2),
                (PartyKind::Single, 1),
            ],
        ),
        (
            false,
            vec![
                (PartyKind::Family, 2),
                (PartyKind::Single, 1),
                (PartyKind::Single, 1),
                (PartyKind::Group, 2),
                (PartyKind::Single, 1),
            ],
        ),
    ];
    for (companies_share, expected) in table {
        let scratch = Scratch::new();
        let mut draft = Scratch::draft("Ball");
        draft.settings.companies_share = companies_share;
        let home = scratch.event(&draft);
        scratch.import(&home, list);
        let made = home.form_invitations("First").unwrap();
        assert_eq!((made.invitations, made.members), (expected.len(), 7));
        let parties: Vec<(PartyKind, usize)> = home
            .file()
            .read(|view| {
                let mut parties = Vec::new();
                for invitation in view.invitations()? {
                    parties.push((invitation.kind, view.members(invitation.id)?.len()));
                }
                Ok::<_, Problem>(parties)
            })
            .unwrap();
        assert_eq!(parties, expected, "companies share: {companies_share}");
        let again = home.form_invitations("Second").unwrap();
        assert_eq!((again.invitations, again.members), (0, 0));
    }
}
