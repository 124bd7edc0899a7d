//! Pictures of an event; the first is its cover.

use gatehouse_domain::event::state::PHOTOS_WHEN_PUBLIC;
use gatehouse_domain::event::{EventStatus, Visibility};
use gatehouse_domain::id::PhotoId;
use gatehouse_store::Lane;
use gatehouse_store::event::PhotoRow;

use crate::home::EventHome;
use crate::problem::Problem;

/// Bytes of one picture at most.
const LARGEST: usize = 10 << 20;
/// Pictures of one event at most.
const MOST: usize = 50;

impl EventHome {
    /// Adds a picture: PNG, JPEG or WebP of 10 MB at most, 50 for one event.
    pub fn add_photo(&self, picture: Vec<u8>, caption: &str) -> Result<PhotoId, Problem> {
        let media_type = media_type(&picture).ok_or_else(|| {
            Problem::new(
                "photo_unreadable",
                "this is no PNG, JPEG or WebP picture; nothing was added",
            )
        })?;
        if picture.len() > LARGEST {
            return Err(Problem::new(
                "photo_too_large",
                "a picture has 10 MB at most; nothing was added. Save a smaller copy",
            ));
        }
        let now = self.now();
        let mut mint = self.mint();
        let id = PhotoId(mint.mint(now));
        let meta = self.edit_meta(&mut mint, "add photo", None);
        let caption: String = caption.chars().take(300).collect();
        self.file().command(Lane::Edit, meta, move |change| {
            if change.photos()?.len() >= MOST {
                return Err(Problem::new(
                    "photos_too_many",
                    format!("an event has {MOST} pictures at most; nothing was added"),
                ));
            }
            change.insert_photo(id, &caption, media_type, &picture, now)?;
            Ok(())
        })?;
        Ok(id)
    }

    /// The pictures, without their bytes.
    pub fn photos(&self) -> Result<Vec<PhotoRow>, Problem> {
        Ok(self.file().read(|view| view.photos())?)
    }

    /// A picture's media type and bytes.
    pub fn photo(&self, id: PhotoId) -> Result<(String, Vec<u8>), Problem> {
        self.file()
            .read(|view| view.photo(id))?
            .ok_or_else(|| Problem::new("photo_unknown", "there is no such picture"))
    }

    /// Removes a picture; a published public event keeps at least three.
    pub fn remove_photo(&self, id: PhotoId) -> Result<(), Problem> {
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "remove photo", None);
        self.file().command(Lane::Edit, meta, move |change| {
            let event = change.event()?;
            if event.status == EventStatus::Published
                && event.visibility == Visibility::Public
                && change.photos()?.len() <= PHOTOS_WHEN_PUBLIC
            {
                return Err(Problem::new(
                    "photos_missing",
                    "a public event shows at least 3 photos; add another one first",
                ));
            }
            if change.delete_photo(id)? {
                Ok(())
            } else {
                Err(Problem::new("photo_unknown", "there is no such picture"))
            }
        })
    }
}

/// The media type that a picture's first bytes tell.
fn media_type(picture: &[u8]) -> Option<&'static str> {
    match picture {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}
