//! CUPS itself, as a print shop of the test's own.

use gatehouse_testkit::PrintShop;

use super::*;

#[test]
#[allow(
    clippy::print_stderr,
    reason = "a test that can't run says so on standard error"
)]
fn cups_takes_what_it_is_given() {
    let shop = match PrintShop::start() {
        Ok(shop) => shop,
        Err(why) => {
            eprintln!("SKIPPED: a printer of CUPS: {why}");
            return;
        }
    };
    let programs = shop.programs();
    let cups = Cups::on(programs.as_os_str()).expect("both are there");
    let printers = cups.printers().expect("listed");
    assert_eq!(printers, [printer(PrintShop::PRINTER, true)]);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tickets.pdf");
    let page = b"%PDF-1.4\n%%EOF\n";
    std::fs::write(&file, page).expect("written");
    cups.print(&printers[0], &file).expect("printed");
    // The queue has a copy of its own by now.
    std::fs::remove_file(&file).expect("gone");
    assert_eq!(shop.papers(), [page]);

    let gone = cups.print(&printer("Nobody", false), &programs.join("lp"));
    assert!(matches!(gone, Err(PrintError::Refused(Some(_)))));
    shop.close().expect("closed");
    let closed = cups.print(&printers[0], &programs.join("lp"));
    assert!(matches!(closed, Err(PrintError::Refused(Some(_)))));
    assert_eq!(shop.papers().len(), 1);
}
