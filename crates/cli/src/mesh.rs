//! Where a program of ours meets its peers, as a person says it.

use std::net::SocketAddr;
use std::str::FromStr;

/// `--mesh`: an address, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum MeshWish {
    /// Wherever is usual.
    #[default]
    Usual,
    /// There.
    At(SocketAddr),
    /// Nowhere.
    Off,
}

impl FromStr for MeshWish {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            _ => text
                .parse()
                .map(Self::At)
                .map_err(|_| format!("“{text}” is no address; say 0.0.0.0:0, or off")),
        }
    }
}

impl MeshWish {
    /// Where to listen; none for nowhere.
    pub(crate) fn listen(self, usual: SocketAddr) -> Option<SocketAddr> {
        match self {
            Self::Usual => Some(usual),
            Self::At(address) => Some(address),
            Self::Off => None,
        }
    }
}
