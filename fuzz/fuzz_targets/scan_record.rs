//! A scan's signed bytes: what is read is written as the very same bytes.
#![no_main]

use gatehouse_domain::scan::ScanRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = ScanRecord::from_bytes(bytes) {
        assert_eq!(record.to_bytes(), bytes);
    }
});
