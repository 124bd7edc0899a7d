//! QR codes (ISO/IEC 18004): text to modules, and grey pictures back to text; and what else people
//! hold up.

pub mod decode;
mod detector;
pub mod encode;
mod foreign;
pub mod frame;
mod mask;
mod restore;
pub mod scene;

pub use decode::{Effort, Found, decode, decode_while};
pub use encode::{EncodeError, QrCode};
pub use foreign::foreign;
pub use frame::{Frame, GreyImage, PictureError};
