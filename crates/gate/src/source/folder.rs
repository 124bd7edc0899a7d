//! A folder of pictures, one after the other by name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gatehouse_credential::qr::GreyImage;

use super::{FrameSource, Next, Picture, SourceError};

/// The most pictures of one folder.
const MOST_PICTURES: usize = 100_000;
/// How far apart the pictures stand in the recording that they make up: farther than a code must
/// be away before it counts as presented again.
const APART: Duration = Duration::from_secs(3);

/// The pictures of a folder.
struct Folder {
    pictures: std::vec::IntoIter<PathBuf>,
    read: u32,
}

/// Opens the PNG and JPEG pictures of a folder, in the order of their names; each counts as a
/// presentation of its own, three seconds after the one before. What can't be read of them is
/// left out and told.
///
/// # Errors
/// [`SourceError::Unreadable`], [`SourceError::NoPictures`], [`SourceError::TooManyPictures`].
pub fn open_folder(path: &Path) -> Result<Box<dyn FrameSource>, SourceError> {
    let folder = path.display().to_string();
    let unreadable = |error| SourceError::unreadable(&folder, &error);
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_picture = path.extension().is_some_and(|ending| {
            ["png", "jpg", "jpeg"]
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        });
        if is_picture && path.is_file() {
            pictures.push(path);
        }
        if pictures.len() > MOST_PICTURES {
            return Err(SourceError::TooManyPictures {
                folder,
                most: MOST_PICTURES,
            });
        }
    }
    if pictures.is_empty() {
        return Err(SourceError::NoPictures { folder });
    }
    pictures.sort();
    Ok(Box::new(Folder {
        pictures: pictures.into_iter(),
        read: 0,
    }))
}

impl FrameSource for Folder {
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError> {
        into.clear();
        let Some(path) = self.pictures.next() else {
            return Ok(Next::End);
        };
        let taken = APART * self.read;
        self.read += 1;
        let spoilt = |reason: String| {
            Ok(Next::Spoilt(SourceError::PictureSpoilt {
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                reason,
            }))
        };
        let image = match GreyImage::read(&path) {
            Ok(image) => image,
            Err(error) => return spoilt(error.to_string()),
        };
        match into.copy(image.width, image.height, image.width as usize, &image.luma) {
            Ok(()) => {
                into.set_taken(Some(taken));
                Ok(Next::Frame)
            }
            Err(error) => spoilt(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_by_name_and_bad_ones_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let save = |name: &str, grey: u8| {
            image::save_buffer(
                folder.path().join(name),
                &[grey; 12],
                4,
                3,
                image::ColorType::L8,
            )
            .unwrap();
        };
        assert_eq!(
            open_folder(folder.path()).err().unwrap().code(),
            "no_pictures"
        );
        save("c.png", 30);
        save("a.PNG", 10);
        std::fs::write(folder.path().join("b.jpg"), "no picture").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "left alone").unwrap();
        std::fs::create_dir(folder.path().join("d.png")).unwrap();
        let mut source = open_folder(folder.path()).unwrap();
        let mut picture = Picture::default();
        let mut told = Vec::new();
        loop {
            match source.next_frame(&mut picture).unwrap() {
                Next::Frame => told.push(format!(
                    "{} at {:?}",
                    picture.luma()[0],
                    picture.taken().unwrap()
                )),
                Next::Spoilt(SourceError::PictureSpoilt { name, .. }) => told.push(name),
                Next::End => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(told, ["10 at 0ns", "b.jpg", "30 at 6s"]);
        let gone = open_folder(&folder.path().join("gone")).err().unwrap();
        assert_eq!(gone.code(), "source_unreadable");
    }
}
