//! What the use cases and the door promise, from outside the crate.

mod routes;
