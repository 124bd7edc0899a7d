//! What tests share: a temporary workspace, a clock that stands still until it is moved,
//! randomness that repeats, invented guest lists, mail servers on the loopback.

mod clock;
mod list;
pub mod real_mail;
mod scratch;
pub mod smtp;

pub use clock::HandClock;
pub use list::guest_list;
pub use scratch::Scratch;
