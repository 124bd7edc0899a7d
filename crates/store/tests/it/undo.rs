//! Every edit is told, and can be taken back until something stands on it.

use gatehouse_store::{Lane, StoreError, UndoRefusal};
use proptest::prelude::*;

use crate::house::{House, NOON};

#[test]
fn an_edit_is_told_with_who_when_where_and_why() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let mut meta = house.meta("Mira", "add guest");
    meta.reason = Some("asked by the host".into());
    let told = meta.clone();
    house
        .file
        .edit(Lane::Edit, meta, move |change| {
            change.insert_guest(&guest, None, None, NOON)
        })
        .unwrap();
    let line = house.file.read(|view| view.edits(1)).unwrap().remove(0);
    assert_eq!(line.meta, told);
    assert_eq!(
        (line.sequence, line.undoable, line.undoes, line.undone_by),
        (1, true, None, None)
    );
}

#[test]
fn an_edit_that_changes_nothing_leaves_no_line() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    house.add("Mira", &guest);
    house.edit("Mira", "look around", |_| Ok(()));
    assert_eq!(house.commands(), ["add guest"]);
}

#[test]
fn an_edit_that_fails_leaves_neither_rows_nor_line() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let meta = house.meta("Mira", "add guest");
    let failed = house.file.edit(Lane::Edit, meta, move |change| {
        change.insert_guest(&guest, None, None, NOON)?;
        Err::<(), _>(StoreError::Value("a wrong thing".into()))
    });
    assert_eq!(failed.unwrap_err().code(), "value_unknown");
    assert_eq!(house.names(), [""; 0]);
    assert_eq!(house.commands(), [""; 0]);
}

#[test]
fn undo_gives_back_what_was_changed_added_and_deleted_to_the_last_column() {
    let mut house = House::new();
    let (kept, gone) = (house.guest("Ada Lark"), house.guest("Ben Moss"));
    house.add("Mira", &kept);
    house.add("Mira", &gone);
    let before = house.rows("guests");
    let (mut renamed, new, gone) = (kept.clone(), house.guest("Cy Reed"), gone.id);
    renamed.values.name = "Ada Larkin".into();
    renamed.values.seat = "B 4".into();
    let mixed = house.edit("Mira", "correct list", move |change| {
        change.update_guest(&renamed, None, NOON + 5)?;
        change.insert_guest(&new, None, None, NOON + 5)?;
        assert!(change.delete_guest_unless_invited(gone)?);
        Ok(())
    });
    assert_eq!(house.names(), ["Ada Larkin", "Cy Reed"]);
    let after = house.rows("guests");
    let undo = house.undo(mixed).unwrap();
    assert_eq!(house.rows("guests"), before);

    let lines = house.file.read(|view| view.edits(2)).unwrap();
    assert_eq!((lines[0].meta.id, lines[0].undoes), (undo, Some(mixed)));
    assert_eq!(
        (lines[1].undone_by, lines[1].undoable),
        (Some(undo), false),
        "the undone edit names its undo"
    );
    house.undo(undo).unwrap();
    assert_eq!(house.rows("guests"), after, "undoing an undo does it again");
}

#[test]
fn a_later_edit_in_the_way_is_named_and_nothing_changes_until_it_is_undone() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let first = house.add("Mira", &guest);
    let second = house.rename("Tomas", &guest, "Ada Larkin");
    let (before, lines) = (house.rows("guests"), house.commands());
    let refused = house.undo(first).unwrap_err();
    assert_eq!(refused.code(), "later_edit_in_the_way");
    let StoreError::Undo(refusal) = refused else {
        panic!("{refused}");
    };
    assert_eq!(
        refusal,
        UndoRefusal::LaterEdit {
            edit: second.to_string(),
            command: "rename guest".into(),
            actor: "Tomas".into(),
            table: "guests".into(),
        }
    );
    assert_eq!((house.rows("guests"), house.commands()), (before, lines));
    house.undo(second).unwrap();
    house.undo(first).unwrap();
    assert_eq!(house.names(), [""; 0]);
}

#[test]
fn a_later_edit_that_was_undone_is_not_the_one_in_the_way() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let first = house.add("Mira", &guest);
    let taken_back = house.rename("Tomas", &guest, "Ada Larkin");
    house.undo(taken_back).unwrap();
    let standing = house.rename("Noor", &guest, "Ada Larkson");
    let StoreError::Undo(UndoRefusal::LaterEdit { edit, actor, .. }) =
        house.undo(first).unwrap_err()
    else {
        panic!("another refusal");
    };
    assert_eq!((edit, actor.as_str()), (standing.to_string(), "Noor"));
}

#[test]
fn an_edit_of_another_row_does_not_stand_in_the_way() {
    let mut house = House::new();
    let (ada, ben) = (house.guest("Ada Lark"), house.guest("Ben Moss"));
    let first = house.add("Mira", &ada);
    house.add("Tomas", &ben);
    house.undo(first).unwrap();
    assert_eq!(house.names(), ["Ben Moss"]);
}

#[test]
fn guests_whom_invitations_stand_on_stay() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let added = house.add("Mira", &guest);
    let (invitation, member) = house.invitation_of(&guest, 1);
    let formed = house.edit("Mira", "form invitations", move |change| {
        change.insert_invitation(&invitation)?;
        change.insert_member(&member)
    });
    let before = house.rows("guests");
    let refused = house.undo(added).unwrap_err();
    assert_eq!(refused.code(), "edit_depended_on", "{refused}");
    assert!(refused.to_string().contains("guests"), "{refused}");
    assert_eq!(house.rows("guests"), before);
    house.undo(formed).unwrap();
    house.undo(added).unwrap();
    assert_eq!(house.names(), [""; 0]);
}

#[test]
fn a_command_an_undone_edit_and_an_unknown_one_are_refused_each_in_its_own_words() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let meta = house.meta("Mira", "void ticket");
    let command = meta.id;
    let kept = guest.clone();
    house
        .file
        .command(Lane::Edit, meta, move |change| {
            change.insert_guest(&kept, None, None, NOON)
        })
        .unwrap();
    let edit = house.rename("Mira", &guest, "Ada Larkin");
    house.undo(edit).unwrap();
    let nobody = house.meta("Mira", "never written").id;
    let table = [
        (command, "edit_not_undoable"),
        (edit, "edit_already_undone"),
        (nobody, "edit_unknown"),
    ];
    for (id, code) in table {
        assert_eq!(house.undo(id).unwrap_err().code(), code);
    }
    assert_eq!(house.names(), ["Ada Lark"]);
}

/// A step of a person who edits a list.
#[derive(Debug, Clone)]
enum Step {
    Add,
    Rename(usize),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Add),
        (0..6_usize).prop_map(Step::Rename),
        (0..6_usize).prop_map(Step::Remove),
    ]
}

proptest! {
    // Each case writes a file of its own, synced at every step.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_undone_from_the_newest_lead_back_to_each_state_before(
        steps in prop::collection::vec(step(), 1..10),
    ) {
        let mut house = House::new();
        let mut states = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let before = house.rows("guests");
            let guests = house.file.read(|view| view.guests()).unwrap();
            let edit = match step {
                Step::Rename(at) if at < guests.len() => {
                    house.rename("Mira", &guests[at], &format!("Guest renamed {n}"))
                }
                Step::Remove(at) if at < guests.len() => {
                    let id = guests[at].id;
                    house.edit("Mira", "remove guest", move |change| {
                        change.delete_guest_unless_invited(id).map(|_| ())
                    })
                }
                _ => {
                    let guest = house.guest(&format!("Guest {n}"));
                    house.add("Mira", &guest)
                }
            };
            states.push((edit, before));
        }
        for (edit, before) in states.into_iter().rev() {
            house.undo(edit).unwrap();
            prop_assert_eq!(house.rows("guests"), before);
        }
    }
}
