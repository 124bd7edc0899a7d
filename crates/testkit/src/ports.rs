//! Ports of the loopback for programs that have to be told where to listen.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// The first of the ports that are given, and how many there are: below those that systems give
/// away by themselves, so that no connection takes one before it is used.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;
/// How far the ports of one run of tests lie from those of the next.
const APART: u32 = 16;

/// Different ports of the loopback at which nobody listens. Whoever asks again is given others, and
/// so is another program of tests.
///
/// # Panics
///
/// When none is left.
#[must_use]
pub fn free_ports<const N: usize>() -> [u16; N] {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id().wrapping_mul(APART);
    // All are held until the last is found.
    let held = [(); N].map(|()| {
        let found = (0..COUNT).find_map(|_| {
            let at = own.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed)) % COUNT;
            let port = u16::try_from(FIRST + at).ok()?;
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
        });
        found.expect("a port is free")
    });
    held.map(|listener| listener.local_addr().expect("it is bound").port())
}
