//! A screen and a bus of their own, for a program that shows a window and nobody looks at.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Stop, find, program, read};

/// How long what was asked to end may take to do so.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// How often a screen is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// The screen's size.
const WIDTH: usize = 1440;
const HEIGHT: usize = 900;
/// Where a page's list stands, without the menu and the heading above and the side: from, until.
const ACROSS: (usize, usize) = (340, 1340);
const DOWN: (usize, usize) = (170, 830);
/// What is darker is text on a light ground.
const DARK: u8 = 90;
/// So many dark pixels are a line of a list.
const LEAST_TEXT: usize = 300;

/// A program with all that it starts, ended together when dropped.
pub(crate) struct Group(Child);

impl Group {
    /// Starts a program as the first of a group.
    pub(crate) fn start(command: &mut Command) -> std::io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.stdin(Stdio::null()).spawn().map(Self)
    }

    /// Whether it has ended already, and how.
    pub(crate) fn ended(&mut self) -> Option<String> {
        match self.0.try_wait() {
            Ok(Some(status)) => Some(status.to_string()),
            Ok(None) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    fn signal(&self, name: &str) {
        let group = format!("-{}", self.0.id());
        let mut kill = program("kill");
        kill.args([name, "--", &group]).stderr(Stdio::null());
        let _ = kill.status();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal("-TERM");
        let begun = Instant::now();
        while self.ended().is_none() && begun.elapsed() < LEAVE_WITHIN {
            std::thread::sleep(LOOK);
        }
        // Whatever is left of it.
        self.signal("-KILL");
        let _ = self.0.wait();
    }
}

/// Counts the dark pixels of a page in a picture of the whole screen (X's window dump: a head of
/// big-endian `u32`, a table of colours, then lines of four bytes for each pixel).
fn dark_pixels(picture: &[u8]) -> Option<usize> {
    let field = |n: usize| -> Option<usize> {
        let bytes = picture.get(4 * n..4 * n + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
    };
    let (head, colours, line) = (field(0)?, field(19)?, field(12)?);
    let start = head + 12 * colours;
    let mut dark = 0;
    for y in DOWN.0..DOWN.1 {
        let from = start + y * line;
        let row = picture.get(from + 4 * ACROSS.0..from + 4 * ACROSS.1)?;
        // The second byte is green in either order, and green is most of what is seen as light.
        dark += row.chunks_exact(4).filter(|pixel| pixel[1] < DARK).count();
    }
    // Without a window all of it is dark.
    let all = (DOWN.1 - DOWN.0) * (ACROSS.1 - ACROSS.0);
    (dark < all / 2).then_some(dark)
}

/// A screen, a bus, and a home that holds nothing of the person's.
pub(crate) struct Screen {
    home: PathBuf,
    display: String,
    bus_address: String,
    // Ended in this order.
    _bus: Group,
    _screen: Group,
}

impl Screen {
    /// Opens a screen for programs whose home is `home`; says what is missing where it can't.
    pub(crate) fn open(home: &Path) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("there is no screen to be had out of sight on this system".into());
        }
        for name in ["Xvfb", "dbus-daemon", "xwininfo"] {
            if find(name).is_none() {
                return Err(format!("there is no {name} here"));
            }
        }
        let first_line = |command: &mut Command| -> std::io::Result<(Group, String)> {
            let mut group = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
            let mut line = String::new();
            if let Some(out) = group.0.stdout.take() {
                BufReader::new(out).read_line(&mut line)?;
            }
            Ok((group, line.trim().to_owned()))
        };
        let wrong = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(home).map_err(wrong)?;
        let pixels = home.join("screen");
        std::fs::create_dir_all(&pixels).map_err(wrong)?;
        let size = format!("{WIDTH}x{HEIGHT}x24");
        let mut xvfb = program("Xvfb");
        xvfb.arg("-fbdir").arg(&pixels);
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &size]);
        let (screen, number) = first_line(&mut xvfb).map_err(wrong)?;
        let mut dbus = program("dbus-daemon");
        dbus.args(["--session", "--nofork", "--print-address=1"]);
        let (bus, bus_address) = first_line(&mut dbus).map_err(wrong)?;
        if number.is_empty() || bus_address.is_empty() {
            return Err("Xvfb or the bus ended at once".into());
        }
        Ok(Self {
            home: home.to_owned(),
            display: format!(":{number}"),
            bus_address,
            _bus: bus,
            _screen: screen,
        })
    }

    /// A program that shows itself here.
    pub(crate) fn program(&self, path: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = program(path);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("HOME", &self.home)
            .env("LC_ALL", "C.UTF-8")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env_remove("GATEHOUSE_DATA")
            .env_remove("GATEHOUSE_PASSPHRASE")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// The number that programs on this screen have in their environment.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Waits until a window here shows a page whose title begins so, and tells how long after
    /// `begun` its text could be read.
    ///
    /// A title comes before the page is painted: the pixels decide, and the title tells which page
    /// they are of.
    pub(crate) fn until_shown(
        &self,
        title: &str,
        shown_by: &mut Group,
        begun: Instant,
        limit: Duration,
    ) -> Result<Duration, Stop> {
        let wanted = format!("\"{title}");
        let place = ["-display", &self.display, "-root", "-tree"];
        loop {
            let text = self.text_pixels();
            let took = begun.elapsed();
            let windows = if text >= LEAST_TEXT || took > limit {
                read(program("xwininfo").args(place)).unwrap_or_default()
            } else {
                String::new()
            };
            if text >= LEAST_TEXT && windows.contains(&wanted) {
                return Ok(took);
            }
            if let Some(status) = shown_by.ended() {
                return Err(Stop::new(format!("the program ended before ({status})")));
            }
            if took > limit {
                return Err(Stop::new(format!(
                    "no window “{title}…” showed its page within {} s; there are {text} dark \
                     pixels, and\n{windows}",
                    limit.as_secs()
                )));
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Dark pixels in the part of the screen where a page's list is.
    fn text_pixels(&self) -> usize {
        let file = self.home.join("screen/Xvfb_screen0");
        // It is written to all the time; a picture that is torn is one of a moment before or after.
        std::fs::read(file).map_or(0, |picture| dark_pixels(&picture).unwrap_or(0))
    }

    /// Keeps a picture of the whole screen for people to look at, where a program draws one.
    pub(crate) fn take_picture(&self, path: &Path) {
        if find("import").is_some() {
            let mut import = program("import");
            import.args(["-display", &self.display, "-window", "root"]);
            // A picture is for people; nothing depends on it.
            let _ = read(import.arg(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one colour, with a head and a table of one entry.
    fn picture(shade: u8) -> Vec<u8> {
        let mut head = [0_u32; 25];
        head[0] = 100;
        head[12] = (4 * WIDTH) as u32;
        head[19] = 1;
        let mut bytes: Vec<u8> = head.iter().flat_map(|field| field.to_be_bytes()).collect();
        bytes.extend([0; 12]);
        bytes.extend(vec![shade; 4 * WIDTH * HEIGHT]);
        bytes
    }

    #[test]
    fn text_is_what_is_dark_on_a_light_page() {
        let mut page = picture(250);
        assert_eq!(dark_pixels(&page), Some(0));
        let at = |x: usize, y: usize| 112 + 4 * (y * WIDTH + x);
        for (x, y) in [(340, 170), (1_339, 829), (339, 170), (340, 169)] {
            page[at(x, y) + 1] = 20;
        }
        assert_eq!(dark_pixels(&page), Some(2));
        assert_eq!(dark_pixels(&picture(0)), None);
        assert_eq!(dark_pixels(&page[..5_000]), None);
        assert_eq!(dark_pixels(b""), None);
    }
}
