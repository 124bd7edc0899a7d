//! Tables and properties of local times, rules and series.

mod local;
mod properties;
mod rules;
mod series;
