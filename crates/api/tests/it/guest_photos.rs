//! Pictures of guests: given in the office, shown at the door, gone with their guest.

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use serde_json::json;

use crate::door::{Answer, Door};

fn picture(red: u8) -> Vec<u8> {
    let drawn = image::RgbImage::from_pixel(640, 480, image::Rgb([red, 40, 90]));
    let mut bytes = Cursor::new(Vec::new());
    drawn.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl Door {
    async fn guest(&self, name: &str) -> String {
        let list = self.of_event(&format!("/guests?q={name}")).await.good(200);
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }

    async fn give(&self, guest: &str, bytes: Vec<u8>) -> Answer {
        let path = format!("/api/guests/{guest}/photo");
        let mut request = self.request(Method::PUT, &path, None);
        request.headers_mut().insert(
            header::CONTENT_TYPE,
            "application/octet-stream".parse().unwrap(),
        );
        *request.body_mut() = Body::from(bytes);
        self.send(request).await
    }

    async fn shows(&self, on: bool) {
        let mut settings = self.of_event("/door-settings").await.good(200);
        settings.as_object_mut().unwrap().remove("pin_set");
        settings["show_photo"] = json!(on);
        self.set("/door-settings", settings).await.good(200);
    }
}

#[tokio::test]
async fn a_picture_is_given_looked_at_exchanged_and_removed() {
    let door = Door::open(Pages::none());
    let jiri = door.guest("jiri").await;
    let path = format!("/api/guests/{jiri}/photo");
    assert_eq!(door.get(&path).await.refused(404), "photo_unknown");
    door.give(&jiri, picture(200)).await.good(204);
    let first = door.get(&path).await;
    assert_eq!(first.header("content-type"), "image/jpeg");
    assert_eq!(first.header("cache-control"), "no-store");
    let kept = image::load_from_memory(&first.body).unwrap();
    assert_eq!((kept.width(), kept.height()), (320, 240));
    door.give(&jiri, picture(20)).await.good(204);
    assert_ne!(door.get(&path).await.body, first.body);
    for (bytes, status, code) in [
        (b"no picture".to_vec(), 400, "photo_unreadable"),
        (vec![0; 11 << 20], 413, "photo_too_large"),
    ] {
        assert_eq!(door.give(&jiri, bytes).await.refused(status), code);
    }
    assert_ne!(
        door.get(&path).await.body,
        first.body,
        "the one before stays"
    );
    door.call(Method::DELETE, &path, None).await.good(204);
    let gone = door.call(Method::DELETE, &path, None).await;
    assert_eq!(gone.refused(404), "photo_unknown");
}

#[tokio::test]
async fn a_door_shows_it_where_the_event_wants_that_and_to_those_who_scan() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let jiri = door.guest("jiri").await;
    door.give(&jiri, picture(200)).await.good(204);
    let number = (1..=4)
        .find(|n| {
            let home = door.scratch.workspace.open_event(&door.event).unwrap();
            let ticket = home.find_ticket(&n.to_string()).unwrap();
            ticket.guest.is_some_and(|guest| guest.to_string() == jiri)
        })
        .expect("a ticket of Jiří's");
    let at_door = format!("/door/photos/{}", door.ticket(number));
    assert_eq!(door.of_event(&at_door).await.refused(404), "photo_unknown");
    let scan = json!({"code": door.code(number), "gate": "Gate A"});
    let shown = door.act("/scans", scan.clone()).await.good(200);
    assert_eq!(
        (&shown["code"], &shown["photo"]),
        (&json!("admitted"), &json!(false))
    );
    door.shows(true).await;
    let shown = door.act("/scans", scan.clone()).await.good(200);
    assert_eq!(
        (&shown["code"], &shown["photo"]),
        (&json!("used"), &json!(true))
    );
    let seen = door.of_event(&at_door).await;
    assert_eq!(
        (seen.status.as_u16(), &seen.body[..3]),
        (200, &b"\xff\xd8\xff"[..])
    );
    let other = door.ticket(if number == 1 { 2 } else { 1 });
    let other = door.of_event(&format!("/door/photos/{other}")).await;
    assert_eq!(other.refused(404), "photo_unknown", "somebody else's");
    // Gone from the door with the picture.
    let path = format!("/api/guests/{jiri}/photo");
    door.call(Method::DELETE, &path, None).await.good(204);
    assert_eq!(door.of_event(&at_door).await.refused(404), "photo_unknown");
    assert_eq!(door.act("/scans", scan).await.good(200)["photo"], false);
}

#[tokio::test]
async fn a_picture_goes_with_its_guest() {
    let door = Door::open(Pages::none());
    let body = json!({"name": "Nobody Invited", "email": "nobody@example.org"});
    let made = door.act("/guests", body).await.good(201);
    let guest = made["id"].as_str().unwrap().to_owned();
    door.give(&guest, picture(9)).await.good(204);
    let path = format!("/api/guests/{guest}");
    door.call(Method::DELETE, &path, None).await.good(204);
    let photo = door.get(&format!("{path}/photo")).await;
    assert_eq!(photo.refused(404), "photo_unknown");
    let given = door.give(&guest, picture(9)).await;
    assert_eq!(given.refused(404), "guest_unknown");
}
