//! Tickets, badges, receipts, door lists and recovery pages as PDF.
//!
//! Plain values go in, bytes come out: PDF 1.7, made to be valid as PDF/A-2u, with all five page
//! boxes, process colours, black text as one ink, and text of any script shaped, embedded and
//! found again by a search. No clock and no randomness: the same values make the same bytes.
//!
//! A batch streams. Threads make pages apart from one another and name glyphs by their numbers in
//! the whole font, so the only thing gathered from them is which glyphs they drew; fonts are cut
//! down and written at the end, with a map from those numbers to the subset's.

mod badge;
mod brand;
mod canvas;
mod colour;
mod door_list;
mod error;
mod face;
mod forms;
mod marks;
mod pdf;
mod printer;
mod recovery;
mod sheet;
mod text;
mod ticket;
mod typeface;

pub use badge::{ArrivalFace, DoorPaper, badge, receipt};
pub use brand::{Brand, Logo};
pub use colour::Colour;
pub use door_list::{DoorRow, door_list};
pub use error::PrintError;
pub use face::{Code, EventFace, Labels, Occasion, TicketFace};
pub use printer::{Order, PrintOptions, PrintReport, TicketPrinter, Warning};
pub use recovery::recovery_page;
pub use sheet::Sheet;
pub use typeface::Typeface;
