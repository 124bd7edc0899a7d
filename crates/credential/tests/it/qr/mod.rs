//! QR codes there and back, against decoders and encoders that share no code with ours.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails where its own frame or code does"
)]

mod frames;
#[path = "../../../examples/decode_harness/python.rs"]
mod python;
mod rates;
mod round_trip;
mod sets;
