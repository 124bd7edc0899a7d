//! QR codes there and back, against decoders and encoders that share no code with ours.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails where its own frame or code does"
)]

#[path = "../../../examples/decode_harness/camera.rs"]
mod camera;
mod frames;
mod round_trip;
