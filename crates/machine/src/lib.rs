//! What the programs take from the machine that they run on: its clock, its randomness, its name,
//! what it runs on, its printers, and where it keeps the key to a workspace.

mod lock;
mod network;
mod power;
mod printing;
mod surroundings;

pub use lock::{create, open, protect, protect_device, unlock, unlock_device};
pub use network::{LocalNetwork, address_towards_the_network, local_name};
pub use power::{power, power_at};
pub use printing::{Cups, PrintError, Printer};
pub use surroundings::{
    MachineClock, fill_random, name, now, random_text, surroundings, surroundings_at,
};
