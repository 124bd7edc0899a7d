//! A Python that shares no code with ours.

use std::io::Write;
use std::process::{Command, Stdio};

/// What a script makes of some bytes; nothing, said loudly, where there is no Python.
pub(crate) fn python(script: &str, arguments: &[&str], input: &[u8]) -> Option<String> {
    let Some(python) = std::env::var_os("GATEHOUSE_PYTHON") else {
        eprintln!(
            "SKIPPED GATEHOUSE_PYTHON is not set: letters were not read by Python (cargo xtask test sets it)"
        );
        return None;
    };
    let mut child = Command::new(python)
        .arg("-c")
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the Python starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the Python ends");
    writer.join().unwrap().expect("it reads all");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).expect("it writes UTF-8"))
}
