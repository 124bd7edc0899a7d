//! What the programs take from the machine that they run on: its clock, its randomness, its name,
//! and where it keeps the key to a workspace.

mod lock;
mod surroundings;

pub use lock::{create, open, protect};
pub use surroundings::{
    MachineClock, fill_random, name, now, random_text, surroundings, surroundings_at,
};
