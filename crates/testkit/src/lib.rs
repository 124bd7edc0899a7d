//! What tests share: a temporary workspace, a clock that stands still until it is moved,
//! randomness that repeats, invented guest lists, mail servers and a provider of short messages on
//! the loopback, free ports there, a print shop.

mod clock;
mod list;
mod ports;
#[cfg(unix)]
mod print_shop;
pub mod real_mail;
mod scratch;
pub mod smtp;
mod text_provider;

pub use clock::HandClock;
pub use list::guest_list;
pub use ports::free_ports;
#[cfg(unix)]
pub use print_shop::PrintShop;
pub use scratch::Scratch;
pub use text_provider::TextProvider;
