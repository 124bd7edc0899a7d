//! Local times, rules that repeat, and what becomes of a series when its rule changes.

pub mod local;
pub mod pattern;
pub mod recurrence;
pub mod series;

#[cfg(test)]
mod tests;
