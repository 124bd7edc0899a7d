//! How the workspace presents itself, and that its tickets look so.

use axum::body::Body;
use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use serde_json::{Value, json};

use crate::door::{Answer, Door};

/// A picture of one colour.
fn picture(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    let mut png = Vec::new();
    let picture = image::RgbaImage::from_pixel(width, height, image::Rgba(colour));
    image::DynamicImage::from(picture)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    png
}

fn asset(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/");
    std::fs::read(format!("{path}{name}")).unwrap()
}

impl Door {
    async fn put_bytes(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let mut request = self.request(Method::PUT, path, None);
        *request.body_mut() = Body::from(bytes);
        self.send(request).await
    }

    /// The sample ticket as these settings make it.
    async fn sample(&self, settings: Value) -> image::RgbaImage {
        let answer = self.post("/api/branding/preview", settings).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), "image/png");
        image::load_from_memory(&answer.body).unwrap().to_rgba8()
    }
}

/// How many pixels are near a colour.
fn near(picture: &image::RgbaImage, rgb: [u8; 3]) -> usize {
    picture
        .pixels()
        .filter(|pixel| (0..3).all(|i| pixel.0[i].abs_diff(rgb[i]) < 40))
        .count()
}

#[tokio::test]
async fn branding_is_set_seen_and_not_overwritten_unseen() {
    let door = Door::open(Pages::none());
    let first = door.get("/api/branding").await;
    let version = first.header(header::ETAG).to_owned();
    assert_eq!(first.good(200)["font"], "inter");
    let wanted = json!({"organizer": "Harbour Society", "colour": "#1D6F42", "font": "inter",
        "sender_name": "Harbour Office", "sender_email": "office@example.org"});
    let set = door.put("/api/branding", wanted.clone()).await.good(200);
    assert_eq!(set["colour"], "#1d6f42");
    let mut late = door.request(Method::PUT, "/api/branding", Some(&wanted));
    late.headers_mut()
        .insert(header::IF_MATCH, version.parse().unwrap());
    assert_eq!(door.send(late).await.refused(412), "edited_meanwhile");
    let wrong = json!({"colour": "green", "font": "own", "sender_email": "x"});
    let wrong = door.put("/api/branding", wrong).await.good(400);
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn tickets_wear_the_colour_and_the_logo() {
    let door = Door::open(Pages::none());
    let (green, red) = ([0x1d, 0x6f, 0x42], [0xd0, 0x20, 0x30]);
    let plain = door.sample(json!({})).await;
    let banded = door.sample(json!({"colour": "#1d6f42"})).await;
    assert!(near(&banded, green) > 20 * near(&plain, green).max(100));

    let none = door.get("/api/branding/logo").await;
    assert_eq!(none.refused(404), "logo_unknown");
    let logo = picture(900, 300, [red[0], red[1], red[2], 255]);
    let kept = door.put_bytes("/api/branding/logo", logo.clone()).await;
    assert_eq!(kept.good(200)["has_logo"], true);
    assert_eq!(door.get("/api/branding/logo").await.body, logo);
    let with_logo = door.sample(json!({"colour": "#1d6f42"})).await;
    assert!(near(&with_logo, red) > near(&banded, red) + 2_000);
    // The printed page, not only the sample.
    let page = door.of_event("/preview?sheet=a6").await;
    let page = image::load_from_memory(&page.body).unwrap().to_rgba8();
    assert!(near(&page, red) > 2_000);

    let text = door
        .put_bytes("/api/branding/logo", b"no picture".to_vec())
        .await;
    assert_eq!(text.refused(400), "logo_unreadable");
    let large = door
        .put_bytes("/api/branding/logo", vec![0; (2 << 20) + 1])
        .await;
    assert_eq!(large.refused(413), "logo_too_large");
    let wide = door
        .put_bytes("/api/branding/logo", picture(4_001, 1, [0; 4]))
        .await;
    assert_eq!(wide.refused(400), "logo_unreadable");
    let gone = door.call(Method::DELETE, "/api/branding/logo", None).await;
    assert_eq!(gone.good(200)["has_logo"], false);
}

#[tokio::test]
async fn an_own_font_is_checked_before_anything_is_set_in_it() {
    let door = Door::open(Pages::none());
    let cases = [
        ("no font", b"font".to_vec()),
        ("cut short", asset("Inter-Bold.ttf")[..5_000].to_vec()),
        ("without Latin letters", asset("NotoSansArabic-Regular.ttf")),
    ];
    for (what, bytes) in cases {
        let refused = door.put_bytes("/api/branding/font", bytes).await;
        assert_eq!(refused.refused(400), "font_unusable", "{what}");
    }
    let mut closed = asset("Inter-Bold.ttf");
    // fsType of the OS/2 table: restricted licence.
    let entry = (12..)
        .step_by(16)
        .find(|at| &closed[*at..at + 4] == b"OS/2")
        .unwrap();
    let at = u32::from_be_bytes(closed[entry + 8..entry + 12].try_into().unwrap()) as usize;
    closed[at + 9] |= 2;
    let refused = door.put_bytes("/api/branding/font", closed).await;
    assert_eq!(refused.refused(400), "font_unusable");

    let kept = door
        .put_bytes("/api/branding/font", asset("Inter-Bold.ttf"))
        .await;
    let kept = kept.good(200);
    assert!(kept["own_font"].as_str().unwrap().contains("Inter"));
    let inter = door.sample(json!({})).await;
    let own = door.sample(json!({"font": "own"})).await;
    let noto = door.sample(json!({"font": "noto_sans"})).await;
    assert!(inter != own && own != noto && noto != inter);
    door.put("/api/branding", json!({"font": "own"}))
        .await
        .good(200);
    let gone = door.call(Method::DELETE, "/api/branding/font", None).await;
    assert_eq!(
        gone.good(200)["font"],
        "inter",
        "what is gone leads no more"
    );
}

#[tokio::test]
async fn a_public_event_gets_its_photos_through_the_door() {
    let door = Door::open(Pages::none());
    let path = format!("/api/events/{}/photos?caption=The%20quay", door.event);
    let mut request = door.request(Method::POST, &path, None);
    *request.body_mut() = Body::from(picture(4, 4, [9, 9, 9, 255]));
    let made = door.send(request).await.good(201);
    let photo = made["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["items"][0]["caption"], "The quay");
    let shown = door.get(&format!("/api/photos/{photo}")).await;
    assert_eq!(shown.header(header::CONTENT_TYPE), "image/png");
    let text = door.request(Method::POST, &path, None);
    assert_eq!(door.send(text).await.refused(400), "photo_unreadable");
    let gone = door
        .call(Method::DELETE, &format!("/api/photos/{photo}"), None)
        .await;
    assert_eq!(gone.status.as_u16(), 204);
    assert_eq!(door.of_event("/photos").await.names().len(), 0);
}
