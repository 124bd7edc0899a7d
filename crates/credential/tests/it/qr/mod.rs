//! QR codes there and back, against decoders and encoders that share no code with ours.

#[path = "../../../examples/decode_harness/camera.rs"]
mod camera;
mod frames;
mod round_trip;
