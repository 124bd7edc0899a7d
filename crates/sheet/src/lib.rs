//! Guest lists as files: bytes to rows and rows to bytes, for CSV text and workbooks.
//!
//! Reading finds out by itself what a file is: the format, the text encoding, the delimiter.
//! What columns mean is no question here; `gatehouse_domain::import` answers it, and
//! [`Table`] is a [`ListRows`](gatehouse_domain::import::ListRows) for it.
//!
//! ```
//! let table = gatehouse_sheet::read_bytes(b"Name;Firma\nZo\xeb Berg;Caf\xe9 M\xfcller\n", &Default::default())?;
//! assert_eq!((table.encoding(), table.delimiter()), ("windows-1252", Some(';')));
//! assert_eq!(table.rows().get(1).cell(1), "Café Müller");
//! # Ok::<(), gatehouse_sheet::SheetError>(())
//! ```

mod delimiter;
mod encoding;
mod error;
mod guard;
mod kind;
mod read;
mod table;
mod text;
mod workbook;
mod write;

pub use error::SheetError;
pub use guard::{guard_cell, is_formula_like, unguard_cell};
pub use kind::Format;
pub use read::{ReadOptions, read_bytes, read_path};
pub use table::{Row, Rows, Table};
pub use write::{write_csv, write_xlsx};

/// The largest file that is read, in bytes: 200 MB.
pub const MAX_FILE_BYTES: u64 = 200_000_000;
/// The most rows that are read from or written to a list.
pub const MAX_ROWS: usize = 1_000_000;
/// The most columns of a list.
pub const MAX_COLUMNS: usize = 500;
/// The most characters (UTF-16 units) of a workbook's cell, as spreadsheets have it.
pub const MAX_CELL_CHARS: usize = 32_767;
/// The most bytes that a workbook's parts may unpack to: 1 GiB.
pub const MAX_UNPACKED_BYTES: u64 = 1 << 30;
