//! Somebody comes without a ticket: asked first, made once, and nothing left behind where they can't
//! come in.

use gatehouse_api::routes::Pages;
use gatehouse_api::{DoorChange, GateStand, TicketTypeChange};
use gatehouse_domain::scan::Direction;
use serde_json::{Value, json};

use crate::door::{Answer, Door};

const NONCE: &str = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";

impl Door {
    /// One that lets people in without a ticket, an hour after doors.
    async fn for_walk_ins(change: Value) -> Self {
        let door = Self::open(Pages::none());
        door.doors(json!({"walk_ins": true})).await;
        door.doors(change).await;
        door.scratch.open_doors();
        door
    }

    async fn walk_in(&self, more: Value) -> Answer {
        let mut body = json!({"name": "Wanda Reed", "ticket_type": "Standard"});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.act("/door/walk-in", body).await
    }

    /// How many guests, invitations and tickets there are.
    fn written(&self) -> (u64, u64, u64) {
        let counts = self.home().file().counts().unwrap().progress;
        (counts.guests, counts.invitations, counts.tickets)
    }
}

#[tokio::test]
async fn nothing_is_made_before_whoever_walks_in_was_asked() {
    let door = Door::for_walk_ins(json!({"questions": ["Any allergies?"]})).await;
    let before = door.written();
    for _ in 0..2 {
        let refused = door.walk_in(json!({"nonce": NONCE})).await;
        assert_eq!(refused.refused(409), "questions_open");
    }
    assert_eq!(door.written(), before);
    let seen = door.of_event("/door").await.good(200);
    assert_eq!(seen["recent"], json!([]));
    let came = door
        .walk_in(json!({"nonce": NONCE, "answered": true}))
        .await;
    assert_eq!(came.good(200)["code"], "admitted");
    assert_eq!(door.written().0, before.0 + 1);
}

#[tokio::test]
async fn the_same_walk_in_again_is_the_same_guest() {
    let door = Door::for_walk_ins(json!({})).await;
    let before = door.written();
    let first = door.walk_in(json!({"nonce": NONCE})).await.good(200);
    assert_eq!(first["code"], "admitted");
    assert_eq!(first["scan"], NONCE);
    let again = door.walk_in(json!({"nonce": NONCE})).await.good(200);
    for field in ["scan", "verdict", "code", "ticket", "name"] {
        assert_eq!(again[field], first[field], "{field}");
    }
    let (guests, invitations, tickets) = before;
    assert_eq!(door.written(), (guests + 1, invitations + 1, tickets + 1));

    // A name that a code was presented under makes nobody.
    let other = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a2";
    door.scan(json!({"code": door.code(1), "nonce": other}))
        .await;
    let refused = door.walk_in(json!({"nonce": other})).await;
    assert_eq!(refused.refused(409), "nonce_reused");
    assert_eq!(door.written(), (guests + 1, invitations + 1, tickets + 1));
}

#[tokio::test]
async fn where_there_is_no_room_nobody_is_left_on_the_list() {
    let door = Door::for_walk_ins(json!({})).await;
    let home = door.home();
    let types = home.file().read(|view| view.ticket_types()).unwrap();
    let standard = types.iter().find(|kind| kind.name == "Standard").unwrap();
    let most = |most| TicketTypeChange {
        capacity: Some(Some(most)),
        ..TicketTypeChange::default()
    };
    home.change_ticket_type(standard.id, most(3)).unwrap();
    let before = door.written();
    for _ in 0..2 {
        let full = door.walk_in(json!({"nonce": NONCE})).await;
        assert_eq!(full.refused(409), "capacity_exceeded");
    }
    assert_eq!(door.written(), before);
    home.change_ticket_type(standard.id, most(4)).unwrap();
    let came = door.walk_in(json!({"nonce": NONCE})).await.good(200);
    assert_eq!(came["code"], "admitted");
}

#[tokio::test]
async fn nor_where_the_place_behind_the_gate_is_full() {
    let door = Door::for_walk_ins(json!({})).await;
    let home = door.home();
    let lounge = home.file().read(|view| view.zones()).unwrap()[0].id;
    let home = home
        .change_doors(DoorChange {
            capacities: vec![(lounge, Some(1))],
            ..DoorChange::default()
        })
        .unwrap();
    let stand = GateStand {
        zone: Some(lounge),
        direction: Direction::Entry,
        ..GateStand::default()
    };
    home.place_gate("Lounge", stand).unwrap();
    let first = json!({"code": door.code(1), "gate": "Lounge"});
    assert_eq!(door.scan(first).await["code"], "admitted");
    let before = door.written();
    let full = door
        .walk_in(json!({"ticket_type": "VIP", "gate": "Lounge"}))
        .await;
    assert_eq!(full.refused(409), "zone_full");
    assert_eq!(door.written(), before);
}
