//! Compression of streams.

use flate2::{Compress, Compression, FlushCompress, Status};

/// A deflate state that is kept between streams: setting one up costs more than a short stream.
pub(crate) struct Deflater {
    state: Compress,
}

impl Deflater {
    /// The quick setting: pages are many and small.
    pub(crate) fn new() -> Self {
        Deflater {
            state: Compress::new(Compression::new(1), true),
        }
    }

    /// The thorough setting: for what every document carries.
    pub(crate) fn thorough() -> Self {
        Deflater {
            state: Compress::new(Compression::new(7), true),
        }
    }

    /// The bytes as a zlib stream.
    pub(crate) fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.state.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let at = self.state.total_in() as usize;
            let status = self
                .state
                .compress_vec(&bytes[at..], &mut out, FlushCompress::Finish)
                .expect("deflate into memory has no failure of its own");
            if status == Status::StreamEnd {
                return out;
            }
            out.reserve(out.capacity().max(256));
        }
    }
}
