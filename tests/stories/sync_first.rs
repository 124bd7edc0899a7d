//! An admission is on disk before the verdict is spoken: a trace of the system calls shows it.
//!
//! Killing the process proves nothing here, since the kernel keeps what was written; only the order
//! of sync and speech does.

use std::process::Command;

use crate::office::{Office, have, skip, text};

#[test]
fn the_sync_comes_before_the_word_admitted() {
    if !have("strace") || !have("pdftoppm") {
        skip("strace or pdftoppm is not here: the order of sync and verdict is not shown");
        return;
    }
    let office = Office::with_event("rsa-2048");
    let list = office.write("list.csv", b"Name\nAda Lark\n");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let code = office.printed_codes("INV-0001").remove(0);
    // Registers the gate, so that the traced scan writes nothing but itself.
    office.on_event(&["scan"], &["no ticket"]);
    let trace = text(&office.path("trace.txt"));
    let data = office.data();
    let scan = office.command(&["scan", "--data", &data, "--event", "Harbour Ball", &code]);
    let mut traced = Command::new("strace");
    traced
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=pwrite64,fdatasync,fsync,write",
            "-o",
            &trace,
        ])
        .arg(scan.get_program())
        .args(scan.get_args())
        .env("GATEHOUSE_KEY_DIR", office.path("keys"));
    let output = traced.output().unwrap();
    if !output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("ADMITTED") {
        skip("strace may not trace here: the order of sync and verdict is not shown");
        return;
    }
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let spoken = lines
        .iter()
        .position(|line| line.contains("write(1<") && line.contains("ADMITTED"))
        .expect("the verdict is spoken");
    let is_log = |line: &str| line.contains("-wal>");
    let written = lines[..spoken]
        .iter()
        .rposition(|line| line.contains("pwrite64(") && is_log(line) && line.contains("events/"))
        .expect("the scan is written before the verdict");
    let synced = lines[written..spoken]
        .iter()
        .any(|line| (line.contains("fdatasync(") || line.contains("fsync(")) && is_log(line));
    assert!(
        synced,
        "no sync of the log between the last write and the verdict:\n{trace}"
    );
}
