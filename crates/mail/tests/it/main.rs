//! Mail as others see it: letters read by Python, servers that fail, reports in the forms that
//! servers write.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that can't go on ends by panicking, and one that was skipped says so"
)]

mod bounces;
mod gateways;
mod letters;
mod outside;
mod real;
mod sending;
mod templates;
mod tokens;
