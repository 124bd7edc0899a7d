//! QR codes (ISO/IEC 18004): text to modules, and grey pictures back to text.

pub mod decode;
mod detector;
pub mod encode;
pub mod frame;
mod mask;
mod restore;

pub use decode::{Effort, Found, decode};
pub use encode::{EncodeError, QrCode};
pub use frame::{Frame, GreyImage, PictureError};
