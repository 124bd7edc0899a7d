//! A guest list's bytes: read and examined without a panic, and every row is somewhere.
#![no_main]

use std::collections::BTreeSet;

use gatehouse_domain::id::GuestId;
use gatehouse_domain::import::{ImportOptions, ListRows, ListedGuest, examine};
use gatehouse_sheet::{ReadOptions, read_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = read_bytes(bytes, &ReadOptions::default()) else {
        return;
    };
    for row in table.rows().iter() {
        assert!(
            row.cells().any(|cell| !cell.trim().is_empty()),
            "a blank row"
        );
    }
    let options = ImportOptions::default();
    let Ok(examined) = examine(&table, &options, &[]) else {
        return;
    };
    let first = table.row_count() - examined.rows;
    let rows: BTreeSet<u32> = (first..table.row_count())
        .map(|row| table.line(row))
        .collect();
    assert_eq!(rows.len(), examined.rows, "two rows on one line");
    let drafts: BTreeSet<u32> = examined.drafts.iter().map(|draft| draft.line).collect();
    let repeats: BTreeSet<u32> = examined
        .duplicates
        .iter()
        .map(|repeat| repeat.line)
        .collect();
    let wrong: BTreeSet<u32> = examined.errors.iter().map(|error| error.line).collect();
    let accounted: BTreeSet<u32> = [&drafts, &repeats, &wrong]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    assert_eq!(accounted, rows, "a row is lost or made up");
    assert_eq!(
        drafts.len() + repeats.len() + wrong.len(),
        rows.len(),
        "a row counts twice"
    );
    assert_eq!(examined.plan.added.len(), drafts.len());

    // The same list again, where its guests are known: nothing is new, nothing is gone.
    let guests: Vec<ListedGuest> = (1..)
        .zip(&examined.drafts)
        .map(|(id, draft)| ListedGuest {
            id: GuestId(uuid::Uuid::from_u128(id)),
            values: draft.values.clone(),
        })
        .collect();
    let again = examine(&table, &options, &guests).expect("it was understood before");
    assert_eq!(again.drafts.len(), examined.drafts.len());
    assert!(
        again.plan.added.is_empty() && again.plan.missing.is_empty(),
        "{:?}",
        again.plan
    );
});
