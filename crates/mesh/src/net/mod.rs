//! What carries the state machine over real networks: listening, dialling, TLS, discovery.
//!
//! The [`Node`](crate::Node) and its ledger live on a thread of their own; sockets on another.
//! [`Mesh`] is the handle to both.

mod book;
mod certificate;
mod connection;
mod dialler;
mod discovery;
mod engine;
mod listener;
mod outbox;
mod steady;
mod tls;
mod turnstile;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::{DeviceId, Entropy, ZoneId};
use gatehouse_domain::scan::HybridClock;

pub use certificate::{Disbelief, Identity, device_name, device_of_name};
pub use discovery::Interfaces;
pub use steady::{Steady, uptime};

use crate::note::SignedNote;
use crate::wire::{ByeCode, RosterVersion};
use crate::{Flag, Ledger, Life, Own, PeerView, Permission, SignedScan, Wish};
use certificate::HomeHour;
use dialler::{Call, Calls, Dialler};
use discovery::Discovery;
use engine::{Engine, Order, answer_of};
use tls::Tls;

/// Orders that wait for the mesh's thread; who gives the next one waits.
const MOST_ORDERS: usize = 1_024;
/// For how long anybody waits for the mesh's thread: longer than the slowest write of a whole
/// roster takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a device takes part.
pub struct Settings {
    /// Who it is. Its certificate has to name the same device.
    pub own: Own,
    /// Its certificate and key.
    pub identity: Identity,
    /// Where it listens; port 0 for any.
    pub listen: SocketAddr,
    /// Addresses that somebody typed, `host:port`.
    pub peers: Vec<String>,
    /// Addresses at which peers were met before.
    pub remembered: Vec<SocketAddr>,
    /// Whether to look for peers on the local network by multicast (RFC 6762), and be found.
    pub discover: bool,
    /// On which of the machine's networks.
    pub interfaces: Interfaces,
    /// Randomness, for waits that should not coincide.
    pub entropy: Box<dyn Entropy>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("own", &self.own)
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

/// Why a device can't take part.
#[derive(Debug, thiserror::Error)]
pub enum MeshError {
    /// Its certificate or key is not usable.
    #[error("this device's certificate can't be used: {0}; enrol the device again")]
    Identity(String),
    /// Its certificate is another device's.
    #[error("this certificate is of another device ({0}); enrol the device again")]
    OtherDevice(String),
    /// The address can't be listened on.
    #[error("nothing can be heard on {address}: {error}; take another port, or end what uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The machine has no thread to give.
    #[error("the mesh could not be started: {0}")]
    Start(std::io::Error),
}

impl MeshError {
    /// A stable code: `mesh_identity`, `mesh_other_device`, `mesh_listen`, `mesh_start`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Identity(_) => "mesh_identity",
            Self::OtherDevice(_) => "mesh_other_device",
            Self::Listen { .. } => "mesh_listen",
            Self::Start(_) => "mesh_start",
        }
    }
}

/// The mesh was stopped: it decides nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mesh was stopped")]
pub struct Gone;

/// What the mesh tells, on its own thread: whoever listens hands it on and does not wait.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Scans of others were kept.
    Merged(Vec<SignedScan>),
    /// A note of another device was kept.
    Noted(crate::note::SignedNote),
    /// Something is wrong with a device or a home; told once for each.
    Flagged(Flag),
    /// The roster is another one.
    RosterAdvanced(RosterVersion),
    /// This device's right was taken back.
    Revoked,
    /// This device came back from an old copy of its file.
    RolledBack,
    /// Who is there changed; see [`Mesh::view`].
    Peers,
    /// The ledger did not keep something; it will come again.
    NotKept(String),
    /// A device was reached at an address, which is worth remembering.
    Met {
        /// The device.
        device: DeviceId,
        /// Where it listens.
        address: SocketAddr,
    },
}

/// A peer that is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// What the node knows of it.
    pub peer: PeerView,
    /// The other end of its connection.
    pub address: Option<SocketAddr>,
}

/// The mesh as this device sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Every peer that is connected.
    pub peers: Vec<Peer>,
    /// Devices that parted, and why, until they are back.
    pub parted: Vec<(DeviceId, ByeCode)>,
    /// Addresses that were given and lead nowhere, and why.
    pub unreached: Vec<(String, String)>,
    /// Home time since which there is no peer, UTC ms; none while there is one.
    pub alone_since: Option<i64>,
    /// Home time, UTC ms.
    pub home_ms: i64,
    /// What is wrong with devices and homes.
    pub flags: Vec<Flag>,
    /// The roster that is here.
    pub roster: RosterVersion,
    /// Where this device listens.
    pub listens_on: SocketAddr,
    /// Connections that proved nothing, or came when there were too many.
    pub strangers_refused: u64,
}

/// What the mesh's threads share.
struct Shared {
    listens_on: SocketAddr,
    refused: AtomicU64,
    /// How often everything was to be looked for anew.
    anew: AtomicU64,
    roster: Mutex<RosterVersion>,
    failures: Mutex<Vec<(String, String)>>,
    rest: Mutex<Option<Rest>>,
}

/// What was known when the mesh stopped.
struct Rest {
    clock: HybridClock,
    uncertainty_ms: u32,
    /// Home time less steady time, ms.
    ahead_ms: i64,
    view: View,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl Shared {
    fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn look_anew(&self) {
        self.anew.fetch_add(1, Ordering::Relaxed);
    }

    fn set_roster(&self, version: RosterVersion) {
        *locked(&self.roster) = version;
    }

    fn rest(&self, rest: Rest) {
        *locked(&self.rest) = Some(rest);
    }

    fn set_failures(&self, failures: Vec<(book::Place, String)>) {
        let told = failures.into_iter().map(|(place, why)| match place {
            book::Place::Address(address) => (address.to_string(), why),
            book::Place::Name(name) => (name, why),
        });
        *locked(&self.failures) = told.collect();
    }

    fn failures(&self) -> Vec<(String, String)> {
        locked(&self.failures).clone()
    }
}

struct Inner {
    orders: Sender<Order>,
    calls: Calls,
    shared: Arc<Shared>,
    steady: Steady,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody can ask any more; the threads end by themselves.
        let _ = self.orders.try_send(Order::Stop);
    }
}

/// A device's part in the mesh, until it is stopped or the last handle is dropped.
///
/// What is asked of it is answered by its own thread, in the order in which it was asked.
#[derive(Clone)]
pub struct Mesh {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mesh")
            .field("listens_on", &self.inner.shared.listens_on)
            .finish_non_exhaustive()
    }
}

impl Mesh {
    /// Takes part: listens, dials, and decides together with whoever it meets.
    ///
    /// `tell` is called on the mesh's own thread and must neither wait nor ask the mesh anything.
    pub fn start(
        settings: Settings,
        ledger: Box<dyn Ledger + Send>,
        clock: Arc<dyn Clock>,
        tell: Box<dyn Fn(News) + Send>,
    ) -> Result<Self, MeshError> {
        let own = settings.own;
        let home = Arc::new(HomeHour::default());
        let (tls, named) = Tls::new(&settings.identity, Arc::clone(&clock), Arc::clone(&home))?;
        if named != own.device {
            return Err(MeshError::OtherDevice(device_name(named)));
        }
        let steady = Steady::begin();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name("mesh-net")
            .enable_all()
            .build()
            .map_err(MeshError::Start)?;
        let listener = {
            let _inside = runtime.enter();
            listener::open(settings.listen)
        };
        let failed = |error| MeshError::Listen {
            address: settings.listen,
            error,
        };
        let listener = listener.map_err(failed)?;
        let listens_on = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared {
            listens_on,
            refused: AtomicU64::new(0),
            anew: AtomicU64::new(0),
            roster: Mutex::new(ledger.roster()),
            failures: Mutex::default(),
            rest: Mutex::default(),
        });
        let (calls, told) = dialler::calls();
        for address in settings.remembered {
            calls.tell(Call::Remembered(address));
        }
        for typed in settings.peers {
            calls.tell(Call::Typed(typed));
        }
        let (post, letters) = engine::post();
        let discovery = settings.discover.then(|| {
            Discovery::start(own, settings.interfaces, calls.clone(), Arc::clone(&shared))
        });
        let dialler = Dialler {
            own: own.device,
            tls: tls.clone(),
            post: post.clone(),
            calls: calls.clone(),
            steady,
            entropy: settings.entropy,
            shared: Arc::clone(&shared),
        };
        let (orders, orders_end) = bounded(MOST_ORDERS);
        let thread = {
            let (calls, shared) = (calls.clone(), Arc::clone(&shared));
            let live = move || {
                // Reading every scan may take a while: nobody is let in before that is done.
                let engine = Engine::new(
                    own,
                    ledger,
                    clock,
                    steady,
                    tell,
                    tls.clone(),
                    home,
                    calls,
                    Arc::clone(&shared),
                );
                runtime.spawn(listener::listen(listener, tls, post, steady, shared));
                runtime.spawn(dialler.run(told));
                engine.run(&orders_end, &letters);
                drop(orders_end);
                if let Some(discovery) = discovery {
                    discovery.stop();
                }
                runtime.shutdown_timeout(Duration::from_secs(1));
            };
            std::thread::Builder::new()
                .name("mesh".to_owned())
                .spawn(live)
                .map_err(MeshError::Start)?
        };
        Ok(Self {
            inner: Arc::new(Inner {
                orders,
                calls,
                shared,
                steady,
                threads: Mutex::new(vec![thread]),
            }),
        })
    }

    fn order(&self, order: Order) {
        // A mesh that was stopped has nothing left to do.
        let _ = self.inner.orders.send(order);
    }

    fn ask<T>(&self, order: impl FnOnce(Sender<T>) -> Order) -> Option<T> {
        let (answer, end): (Sender<T>, Receiver<T>) = bounded(1);
        self.inner.orders.send(order(answer)).ok()?;
        answer_of(&end, PATIENCE)
    }

    /// Asks every peer whether somebody may come in or out, and waits for the answer: 150 ms at
    /// most, and for what else the mesh's thread is at.
    ///
    /// The same nonce again is answered as before while that grant holds.
    pub fn claim(&self, wish: Wish) -> Result<Permission, Gone> {
        self.ask(|answer| Order::Claim(wish, answer)).ok_or(Gone)
    }

    /// Tells that a scan of this device was written: it goes to all peers.
    pub fn stored(&self, scan: SignedScan) {
        self.order(Order::Stored(Box::new(scan)));
    }

    /// Tells that nothing comes of a claim.
    pub fn withdrawn(&self, nonce: [u8; 16]) {
        self.order(Order::Withdrawn(nonce));
    }

    /// Tells that the ledger has another roster.
    pub fn roster_changed(&self) {
        self.order(Order::RosterChanged);
    }

    /// Keeps a note that a person wrote here, and passes it on.
    pub fn noted(&self, note: SignedNote) {
        self.order(Order::Noted(Box::new(note)));
    }

    /// Asks for room for this many people more in a place.
    pub fn want_room(&self, zone: Option<ZoneId>, people: u32) {
        self.order(Order::WantRoom(zone, people));
    }

    /// How many people more this device may let into a place; none where nobody counts, or the
    /// mesh was stopped.
    #[must_use]
    pub fn room(&self, zone: Option<ZoneId>) -> Option<u32> {
        self.ask(|answer| Order::Room(zone, answer)).flatten()
    }

    /// Every life of which there are scans here, and its highest number.
    #[must_use]
    pub fn lives(&self) -> Vec<(Life, u64)> {
        self.ask(Order::Lives).unwrap_or_default()
    }

    /// The clock that the device's next record carries, and how wrong it may be in ms, for what
    /// needs no claim. It goes on after the mesh was stopped.
    #[must_use]
    pub fn stamp(&self) -> (HybridClock, u32) {
        if let Some(stamp) = self.ask(Order::Stamp) {
            return stamp;
        }
        let steady_ms = millis(self.steady());
        match locked(&self.inner.shared.rest).as_mut() {
            Some(rest) => {
                rest.clock = rest.clock.tick(steady_ms.saturating_add(rest.ahead_ms));
                (rest.clock, rest.uncertainty_ms)
            }
            None => (HybridClock::default(), crate::limits::UNSURE_MS),
        }
    }

    /// The steady time in which [`Permission::Granted`] says until when it holds.
    #[must_use]
    pub fn steady(&self) -> Duration {
        self.inner.steady.now()
    }

    /// The mesh as it is now, or was when it was stopped.
    #[must_use]
    pub fn view(&self) -> View {
        if let Some(view) = self.ask(Order::View) {
            return view;
        }
        let shared = &self.inner.shared;
        let rest = locked(&shared.rest).as_ref().map(|rest| rest.view.clone());
        rest.unwrap_or_else(|| View {
            peers: Vec::new(),
            parted: Vec::new(),
            unreached: Vec::new(),
            alone_since: None,
            home_ms: 0,
            flags: Vec::new(),
            roster: *locked(&shared.roster),
            listens_on: shared.listens_on,
            strangers_refused: shared.refused(),
        })
    }

    /// Where this device listens.
    #[must_use]
    pub fn listens_on(&self) -> SocketAddr {
        self.inner.shared.listens_on
    }

    /// Reaches out to an address that a person typed, `host:port`, now and whenever nobody is
    /// connected from there. `false` where it is no such address.
    pub fn dial(&self, address: String) -> bool {
        let is_place = book::Place::read(&address).is_some();
        if is_place {
            self.inner.calls.tell(Call::Typed(address));
        }
        is_place
    }

    /// Says that a device is out of use: the room that it holds comes back.
    pub fn write_off(&self, device: DeviceId) {
        self.order(Order::WriteOff(device));
    }

    /// Leaves: peers learn of it at once, and the threads are over when this returns.
    pub fn stop(self) {
        self.order(Order::Stop);
        let threads = std::mem::take(&mut *locked(&self.inner.threads));
        for thread in threads {
            // It leaves nothing undone even if it panicked: what counts is in the ledger.
            let _ = thread.join();
        }
    }
}
