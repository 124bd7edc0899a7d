//! The disk fills up in the middle: a clear error, nothing half written, and with room again the
//! same command finishes.

use std::path::Path;
use std::process::Command;

use gatehouse_testkit::guest_list;

use crate::office::{Office, skip, stderr, text};

/// A small file system of its own, gone when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(at))
    }

    fn grow(&self, size: &str) {
        let grown = Command::new("mount")
            .args(["-o", &format!("remount,size={size}")])
            .arg(self.0)
            .status()
            .unwrap();
        assert!(grown.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0).status().ok();
    }
}

#[test]
fn a_full_disk_stops_an_import_and_a_print_cleanly() {
    let office = Office::empty();
    let at = office.path("workspace");
    let Some(disk) = SmallDisk::mount(&at, "3m") else {
        skip("a small file system can't be mounted here: the full disk is not tried");
        return;
    };
    office.make_event("ed25519");
    let list = office.write("list.csv", guest_list(20_000).as_bytes());
    let output = office.on_event(&["import"], &[&list]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("[disk_full]"),
        "{}",
        stderr(&output)
    );
    disk.grow("64m");
    assert_eq!(office.show()["guests"], 0, "nothing is half written");
    office.must_on_event(&["import"], &[&list]);
    assert_eq!(office.show()["guests"], 20_000);

    let short = office.write("short.csv", b"Name\nAda Lark\n");
    drop(short);
    let paper = office.path("paper");
    let Some(_paper) = SmallDisk::mount(&paper, "64k") else {
        return;
    };
    office.must_on_event(&["issue"], &[]);
    let out = text(&paper.join("tickets.pdf"));
    let output = office.on_event(&["print"], &["--out", &out]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_dir(&paper).unwrap().count(),
        0,
        "no half file is left"
    );
}
