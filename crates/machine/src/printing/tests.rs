//! What CUPS is told, and what it tells; with its own programs where they are here.

use super::*;

fn printer(name: &str, is_default: bool) -> Printer {
    Printer {
        name: name.to_owned(),
        is_default,
    }
}

#[test]
fn reads_the_list_in_any_language() {
    let two = [printer("Front_desk", false), printer("Büro-2", true)];
    for default in [
        "system default destination: Büro-2\n",
        "destination système par défaut : Büro-2\n",
    ] {
        assert_eq!(read_printers("Front_desk\nBüro-2\n", default), two);
    }
    let without = [printer("Front_desk", false)];
    let said = "no system default destination\n";
    assert_eq!(read_printers("Front_desk\n\n", said), without);
    assert_eq!(read_printers("-o\nno such thing\n", said), []);
}

#[test]
fn without_cups_there_is_no_printer() {
    let empty = tempfile::tempdir().expect("a folder");
    assert!(Cups::on(empty.path().as_os_str()).is_none());
}

#[cfg(unix)]
mod with_programs {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder with programs of these names and lines.
    fn programs(lines: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, line) in lines {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).expect("written");
            let all = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, all).expect("executable");
        }
        folder
    }

    const LPSTAT: &str =
        r#"case $1 in -e) echo Front_desk;; -d) echo "default: Front_desk";; esac"#;

    #[test]
    fn a_file_goes_to_its_queue_unscaled() {
        let keep = r#"cd "${0%/*}"; printf '%s\n' "$@" > told"#;
        let folder = programs(&[("lpstat", LPSTAT), ("lp", keep)]);
        let cups = Cups::on(folder.path().as_os_str()).expect("both are there");
        let printers = cups.printers().expect("asked");
        assert_eq!(printers, [printer("Front_desk", true)]);
        let file = folder.path().join("a b;c.pdf");
        cups.print(&printers[0], &file).expect("printed");
        let told = std::fs::read_to_string(folder.path().join("told")).expect("called");
        let wanted = format!(
            "-d\nFront_desk\n-t\nGatehouse\n-o\nprint-scaling=none\n{}\n",
            file.display()
        );
        assert_eq!(told, wanted);
    }

    #[test]
    fn a_page_goes_to_its_queue_without_a_file() {
        let keep = r#"cd "${0%/*}"; printf '%s\n' "$@" > told; cat > page"#;
        let folder = programs(&[("lpstat", LPSTAT), ("lp", keep)]);
        let cups = Cups::on(folder.path().as_os_str()).expect("both are there");
        // More than a pipe holds.
        let page = vec![b'x'; 300_000];
        cups.print_page(&printer("Front_desk", true), page.clone())
            .expect("printed");
        let kept = std::fs::read(folder.path().join("page")).expect("called");
        assert!(kept == page, "{} of {} bytes", kept.len(), page.len());
        let told = std::fs::read_to_string(folder.path().join("told")).expect("called");
        let wanted = "-d\nFront_desk\n-t\nGatehouse\n-o\nprint-scaling=none\n";
        assert_eq!(told, wanted);
        let unread = programs(&[("lpstat", LPSTAT), ("lp", "exit 7")]);
        let cups = Cups::on(unread.path().as_os_str()).expect("both are there");
        let error = cups.print_page(&printer("Front_desk", true), page);
        assert!(matches!(error, Err(PrintError::Refused(Some(7)))));
    }

    #[test]
    fn a_queue_that_refuses_is_told() {
        let folder = programs(&[("lpstat", LPSTAT), ("lp", "exit 7")]);
        let cups = Cups::on(folder.path().as_os_str()).expect("both are there");
        let error = cups.print(&printer("Front_desk", true), folder.path());
        assert!(matches!(error, Err(PrintError::Refused(Some(7)))));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let folder = programs(&[("lp", "exec sleep 600")]);
        let mut command = Command::new(folder.path().join("lp"));
        let ended =
            finish(&mut command, Vec::new(), Duration::from_millis(50)).expect_err("too long");
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}

#[cfg(target_os = "linux")]
#[path = "cups.rs"]
mod with_cups;
