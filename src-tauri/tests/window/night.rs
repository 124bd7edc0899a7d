//! A screen saver and a login manager on the test's bus, which tell who keeps the machine awake.

use std::io::{ErrorKind, Read};
use std::os::fd::OwnedFd as File;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::interface;
use zbus::zvariant::OwnedFd;

use crate::desk::Failure;

/// What the two were asked for, as `who: what`, and the ends of the files that they gave away.
#[derive(Default)]
struct Wishes {
    said: Vec<String>,
    files: Vec<UnixStream>,
}

type Kept = Arc<Mutex<Wishes>>;

struct ScreenSaver(Kept);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, who: &str, _why: &str) -> u32 {
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.said.push(format!("{who}: display"));
        1
    }
}

struct Login(Kept);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(&self, what: &str, who: &str, _why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        let failed = |error: std::io::Error| zbus::fdo::Error::Failed(error.to_string());
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.said.push(format!("{who}: {what}, {mode}"));
        wishes.files.push(ours);
        Ok(File::from(theirs).into())
    }
}

/// Watches over one desk until it is dropped.
pub(crate) struct Night {
    kept: Kept,
    _bus: Connection,
}

impl Night {
    /// Takes the names of both on the bus at `address`.
    pub(crate) async fn begin(address: &str) -> Result<Self, Failure> {
        let kept = Kept::default();
        let (screen_saver, login) = (ScreenSaver(kept.clone()), Login(kept.clone()));
        let address = address.to_owned();
        let bus = tokio::task::spawn_blocking(move || {
            Builder::address(address.as_str())?
                .name("org.freedesktop.ScreenSaver")?
                .name("org.freedesktop.login1")?
                .serve_at("/org/freedesktop/ScreenSaver", screen_saver)?
                .serve_at("/org/freedesktop/login1", login)?
                .build()
        });
        let bus = bus
            .await
            .map_err(|error| Failure::new(error.to_string()))?
            .map_err(|error: zbus::Error| Failure::new(error.to_string()))?;
        Ok(Self { kept, _bus: bus })
    }

    /// What was asked for so far.
    pub(crate) fn wishes(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.said.clone()
    }

    /// Whether somebody keeps the machine awake now.
    pub(crate) fn is_awake(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.files.iter_mut().any(|file| {
            let mut byte = [0];
            matches!(file.read(&mut byte), Err(error) if error.kind() == ErrorKind::WouldBlock)
        })
    }
}
