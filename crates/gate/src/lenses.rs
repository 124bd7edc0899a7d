//! The machine's cameras for its own windows: each is opened once, however many look, and let go of
//! when nobody does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use gatehouse_api::{
    Camera, CameraAbilities, CameraControl, Cameras, CodeInView, FrameSize, Problem, Sighting,
    Watched, Watching,
};

use crate::lock;
use crate::source::{CameraChoice, CameraName, CameraWish, Dial, Origin, cameras};
use crate::steady::Stopwatch;
use crate::watch::outbox::Outbox;
use crate::watch::{Seen, Settings, State, Watch};

/// How long the passing on waits before it looks whether anybody still watches.
const LOOK: Duration = Duration::from_millis(200);

/// The cameras that the system knows, and what was given beside them.
#[derive(Debug)]
pub struct MachineCameras {
    given: Vec<Origin>,
    open: Mutex<HashMap<String, Weak<Eye>>>,
}

/// An open camera and those who look through it.
#[derive(Debug)]
struct Eye {
    size: FrameSize,
    watch: Watch,
    audience: Mutex<Audience>,
}

#[derive(Debug, Default)]
struct Audience {
    /// Of what one has not fetched yet, codes and states wait; of pictures the newest does.
    listeners: Vec<Weak<Outbox>>,
    /// What one who comes later is told first.
    state: Option<State>,
    over: bool,
}

/// One who looks.
#[derive(Debug)]
struct Look {
    // Holds the camera open.
    _eye: Arc<Eye>,
    told: Arc<Outbox>,
}

impl MachineCameras {
    /// The system's cameras, with `given` before them: a video or a folder of pictures to practise
    /// with in place of a camera.
    #[must_use]
    pub fn new(given: Vec<Origin>) -> Self {
        Self {
            given,
            open: Mutex::default(),
        }
    }

    /// Each camera's id, and what stands for it.
    fn known(&self) -> Vec<(Camera, Origin)> {
        let given = self.given.iter().map(|origin| {
            let id = origin.to_string();
            let name = id.clone();
            (Camera { id, name }, origin.clone())
        });
        let found = match cameras() {
            Ok(found) => told_apart(found),
            Err(error) => {
                tracing::info!(code = error.code(), "the system lists no cameras");
                Vec::new()
            }
        };
        given.chain(found).collect()
    }

    fn eye(&self, id: &str) -> Option<Arc<Eye>> {
        lock(&self.open).get(id)?.upgrade()
    }
}

/// Cameras with an id each: the name, which stays when others come and go; the number for a second
/// one of a name. Beside each camera Linux lists a device that gives no pictures.
fn told_apart(found: Vec<CameraName>) -> Vec<(Camera, Origin)> {
    let mut cameras: Vec<(Camera, Origin)> = Vec::new();
    let mut last: HashMap<String, u32> = HashMap::new();
    for CameraName { index, name, .. } in found {
        let before = last.insert(name.clone(), index);
        let beside = cfg!(target_os = "linux") && before.is_some_and(|number| number + 1 == index);
        if beside {
            continue;
        }
        let (id, choice) = match before {
            None => (name.clone(), CameraChoice::Named(name.clone())),
            Some(_) => (format!("#{index}"), CameraChoice::Index(index)),
        };
        cameras.push((Camera { id, name }, Origin::Camera(choice)));
    }
    cameras
}

impl Cameras for MachineCameras {
    fn list(&self) -> Result<Vec<Camera>, Problem> {
        Ok(self.known().into_iter().map(|(camera, _)| camera).collect())
    }

    fn watch(&self, id: &str, size: FrameSize) -> Result<Box<dyn Watching>, Problem> {
        // Held all along, so that no two open one camera.
        let mut open = lock(&self.open);
        let kept = open.get(id).and_then(Weak::upgrade);
        let (eye, told) = match kept {
            Some(eye) if eye.size == size && !lock(&eye.audience).over => {
                let told = eye.join();
                (eye, told)
            }
            other => {
                if let Some(other) = other {
                    other.close();
                }
                let (_, origin) = self
                    .known()
                    .into_iter()
                    .find(|(camera, _)| camera.id == id)
                    .ok_or_else(|| unknown(id))?;
                let (eye, told) = Eye::open(origin, size)?;
                open.insert(id.to_owned(), Arc::downgrade(&eye));
                open.retain(|_, eye| eye.strong_count() > 0);
                (eye, told)
            }
        };
        Ok(Box::new(Look { _eye: eye, told }))
    }

    fn abilities(&self, id: &str) -> CameraAbilities {
        let Some(eye) = self.eye(id) else {
            return CameraAbilities::default();
        };
        let controls = eye.watch.controls().into_iter();
        let offers = eye.watch.offers().into_iter();
        CameraAbilities {
            controls: controls
                .map(|control| CameraControl {
                    dial: control.dial.word(),
                    min: control.min,
                    max: control.max,
                    step: control.step,
                    value: control.value,
                    default: control.default,
                })
                .collect(),
            sizes: offers
                .map(|offer| FrameSize {
                    width: offer.width,
                    height: offer.height,
                    frames: offer.frames,
                })
                .collect(),
        }
    }

    fn set(&self, id: &str, dial: &str, value: i64) -> Result<(), Problem> {
        let eye = self.eye(id).ok_or_else(|| {
            Problem::new(
                "camera_not_watched",
                "nobody watches that camera, so nothing can be set on it; watch it first",
            )
        })?;
        let controls = eye.watch.controls();
        let control = Dial::from_word(dial)
            .and_then(|dial| controls.iter().find(|control| control.dial == dial))
            .ok_or_else(|| {
                Problem::new(
                    "control_unknown",
                    "the camera's driver has no such control; nothing was set",
                )
            })?;
        let within = value.clamp(control.min, control.max.max(control.min));
        eye.watch.set_control(control.dial, within);
        Ok(())
    }
}

fn unknown(id: &str) -> Problem {
    let id: String = id.chars().take(80).collect();
    Problem::new(
        "camera_unknown",
        format!("no camera of this machine is “{id}”; look whether it is plugged in"),
    )
}

impl Eye {
    fn open(origin: Origin, size: FrameSize) -> Result<(Arc<Self>, Arc<Outbox>), Problem> {
        let wish = CameraWish {
            width: size.width,
            height: size.height,
            frames: size.frames,
        };
        // Whatever it is, it plays as a camera would: at its own speed, the newest frame first.
        let reopen = match origin {
            Origin::Camera(_) => Settings::default().reopen,
            _ => None,
        };
        let settings = Settings {
            reopen,
            ..Settings::default()
        };
        let watch = Watch::start(
            move || origin.open(&wish),
            Arc::new(Stopwatch::start()),
            settings,
        );
        watch.set_preview(true);
        let eye = Arc::new(Self {
            size,
            watch,
            audience: Mutex::default(),
        });
        // A code is told once, so whoever opens it listens before anything is passed on.
        let told = eye.join();
        let seen = Arc::downgrade(&eye);
        std::thread::Builder::new()
            .name("gatehouse-lens".into())
            .spawn(move || pass_on(&seen))
            .map_err(|_| {
                Problem::new("work_broke_off", "this machine can't start a thread for it")
            })?;
        Ok((eye, told))
    }

    fn join(&self) -> Arc<Outbox> {
        let told = Arc::new(Outbox::default());
        let mut audience = lock(&self.audience);
        if let Some(state) = &audience.state {
            told.put_state(state.clone());
        }
        if audience.over {
            told.close();
        } else {
            audience.listeners.push(Arc::downgrade(&told));
        }
        told
    }

    /// Sends everyone away.
    fn close(&self) {
        let mut audience = lock(&self.audience);
        audience.over = true;
        for told in audience.listeners.drain(..) {
            if let Some(told) = told.upgrade() {
                told.close();
            }
        }
    }

    fn tell(&self, seen: &Seen) {
        let mut audience = lock(&self.audience);
        if let Seen::State(state) = seen {
            audience.state = Some(state.clone());
        }
        // Whoever went away is forgotten.
        audience.listeners.retain(|to| {
            let told = to.upgrade();
            if let Some(told) = &told {
                told.put(seen.clone());
            }
            told.is_some()
        });
    }
}

fn sighting_of(seen: Seen) -> Sighting {
    match seen {
        Seen::State(state) => Sighting::State {
            state: state.word(),
            message: state.fault().map(|fault| fault.message.clone()),
        },
        Seen::Codes(codes) => Sighting::Codes(
            codes
                .into_iter()
                .map(|code| CodeInView {
                    text: code.text,
                    corners: code.outline,
                })
                .collect(),
        ),
        Seen::Preview(preview) => Sighting::Frame {
            jpeg: preview.jpeg,
            width: preview.width,
            height: preview.height,
            texts: preview.texts,
        },
    }
}

/// Tells everyone what is seen, as long as anybody holds the camera open.
fn pass_on(eye: &Weak<Eye>) {
    while let Some(eye) = eye.upgrade() {
        match eye.watch.next(LOOK) {
            Some(seen) => eye.tell(&seen),
            None if eye.watch.is_over() => return eye.close(),
            None => {}
        }
    }
}

impl Watching for Look {
    fn next(&mut self, timeout: Duration) -> Watched {
        match self.told.next(timeout) {
            Some(seen) => Watched::Seen(sighting_of(seen)),
            None if self.told.is_over() => Watched::Over,
            None => Watched::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(index: u32, name: &str) -> CameraName {
        CameraName {
            index,
            name: name.into(),
            description: String::new(),
        }
    }

    #[test]
    fn cameras_are_told_apart_by_name_and_a_second_of_a_name_by_its_number() {
        let found = vec![camera(0, "Front"), camera(2, "Door"), camera(4, "Door")];
        let ids: Vec<String> = told_apart(found)
            .into_iter()
            .map(|(camera, origin)| format!("{} {origin}", camera.id))
            .collect();
        assert_eq!(
            ids,
            ["Front camera:Front", "Door camera:Door", "#4 camera:4"]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_linux_lists_beside_a_camera_is_none() {
        let found = vec![camera(0, "Front"), camera(1, "Front"), camera(2, "Front")];
        assert_eq!(told_apart(found).len(), 1);
    }
}
