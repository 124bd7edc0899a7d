//! Gates that take part in the mesh over real sockets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use gatehouse_domain::admission::Code;
use gatehouse_domain::clock::Clock;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{EventId, TicketId};
use gatehouse_domain::scan::{Direction, Mode, ScanRecord, Verdict};
use gatehouse_mesh::net::{Identity, Interfaces, Mesh, MeshError, News, Settings, View};
use gatehouse_mesh::wire::{DenyCode, Role, Want};
use gatehouse_mesh::{Life, Own, Permission, SignedScan, Wish};
use uuid::Uuid;

use crate::ledger::{EVENT, Shared, device, device_key};
use crate::workspace::Authority;

/// When the tests take place, UTC ms: in November 2026.
pub(crate) const BEGIN_MS: i64 = 1_795_000_000_000;

/// So long a test waits for what must come: long enough for any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A device's clock: it runs, and may be wrong.
pub(crate) struct Watch {
    begun: Instant,
    wrong_ms: AtomicI64,
}

impl Watch {
    pub(crate) fn wrong_by(ms: i64) -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            wrong_ms: AtomicI64::new(ms),
        })
    }

    pub(crate) fn set_wrong_by(&self, ms: i64) {
        self.wrong_ms.store(ms, Ordering::Relaxed);
    }
}

impl Clock for Watch {
    fn now_ms(&self) -> i64 {
        let run = self.begun.elapsed().as_millis() as i64;
        BEGIN_MS + run + self.wrong_ms.load(Ordering::Relaxed)
    }
}

/// How a presentation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Admitted(Mode),
    /// The gate's own file said no.
    Known,
    /// The mesh said no.
    Denied(DenyCode),
    /// The grant was over before the scan was written.
    TooLate,
}

pub(crate) fn ticket(n: u128) -> TicketId {
    TicketId(Uuid::from_u128(
        0x00c0_ffee_0000_8000_8000_0001_0000_0000 + n,
    ))
}

pub(crate) fn nonce() -> [u8; 16] {
    static LAST: AtomicU64 = AtomicU64::new(1);
    let n = LAST.fetch_add(1, Ordering::Relaxed);
    Uuid::from_u64_pair(0x7e57, n).into_bytes()
}

/// A door with its file, and its part in the mesh while it is on.
pub(crate) struct Gate {
    pub(crate) n: usize,
    pub(crate) event: EventId,
    pub(crate) file: Shared,
    pub(crate) clock: Arc<Watch>,
    pub(crate) identity: Identity,
    pub(crate) listen: SocketAddr,
    pub(crate) peers: Vec<String>,
    pub(crate) discover: Option<Interfaces>,
    pub(crate) incarnation: u32,
    pub(crate) mesh: Option<Mesh>,
    /// How long each claim took.
    pub(crate) claims: Mutex<Vec<Duration>>,
    news: Option<Receiver<News>>,
}

impl Gate {
    /// A gate that is off, in a workspace of so many devices.
    pub(crate) fn new(n: usize, of: usize, authority: &Authority) -> Self {
        Self {
            n,
            event: EVENT,
            file: Shared::naming(of),
            clock: Watch::wrong_by(0),
            identity: authority.enrol(device(n)),
            listen: "127.0.0.1:0".parse().unwrap(),
            peers: Vec::new(),
            discover: None,
            incarnation: 1,
            mesh: None,
            claims: Mutex::default(),
            news: None,
        }
    }

    pub(crate) fn try_start(&mut self) -> Result<(), MeshError> {
        let (told, news) = unbounded();
        let own = Own {
            event: self.event,
            device: device(self.n),
            incarnation: self.incarnation,
            role: if self.n == 0 { Role::Home } else { Role::Gate },
        };
        let mut seed = 0x9e37_79b9_u64 + self.n as u64;
        let settings = Settings {
            own,
            identity: self.identity.clone(),
            listen: self.listen,
            peers: self.peers.clone(),
            remembered: Vec::new(),
            discover: self.discover.is_some(),
            interfaces: self.discover.clone().unwrap_or_default(),
            entropy: Box::new(move |bytes: &mut [u8]| {
                for byte in bytes {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    *byte = (seed >> 33) as u8;
                }
            }),
        };
        let mesh = Mesh::start(
            settings,
            Box::new(self.file.clone()),
            Arc::clone(&self.clock) as _,
            Box::new(move |news| drop(told.send(news))),
        )?;
        self.listen = mesh.listens_on();
        self.mesh = Some(mesh);
        self.news = Some(news);
        Ok(())
    }

    /// Starts it, once nobody else has its port any more.
    #[track_caller]
    pub(crate) fn start(&mut self) {
        until("its port is free", || match self.try_start() {
            Ok(()) => true,
            Err(MeshError::Listen { .. }) => false,
            Err(error) => panic!("{error}"),
        });
    }

    pub(crate) fn stop(&mut self) {
        self.mesh.take().unwrap().stop();
    }

    pub(crate) fn mesh(&self) -> &Mesh {
        self.mesh.as_ref().unwrap()
    }

    pub(crate) fn view(&self) -> View {
        self.mesh().view()
    }

    /// Peers that both sides have greeted.
    pub(crate) fn ready(&self) -> usize {
        let view = self.view();
        view.peers.iter().filter(|p| p.peer.ready).count()
    }

    pub(crate) fn news(&self) -> Vec<News> {
        self.news.as_ref().unwrap().try_iter().collect()
    }

    fn life(&self) -> Life {
        Life {
            device: device(self.n),
            incarnation: self.incarnation,
        }
    }

    fn is_used(&self, ticket: TicketId) -> bool {
        let file = self.file.file();
        let scans = file.of_ticket(ticket);
        scans.iter().any(|s| s.record.verdict == Verdict::Admitted)
    }

    /// The next thing that the mesh tells, if it does in a while.
    #[allow(dead_code, reason = "the measure's alone")]
    pub(crate) fn hear(&self, wait: Duration) -> Option<News> {
        self.news.as_ref().unwrap().recv_timeout(wait).ok()
    }

    /// Somebody shows a ticket that is good once.
    pub(crate) fn present(&self, ticket: TicketId) -> Shown {
        self.present_as(ticket, nonce())
    }

    /// The same, with a nonce of the caller's.
    pub(crate) fn present_as(&self, ticket: TicketId, nonce: [u8; 16]) -> Shown {
        if self.is_used(ticket) {
            return Shown::Known;
        }
        let wish = Wish {
            nonce,
            want: Want::Enter,
            ticket,
            session: None,
            zone: None,
            day: 20_261_121,
            policy: ReEntry::Single,
            takes_room: false,
        };
        let mesh = self.mesh();
        let asked = Instant::now();
        let permission = mesh.claim(wish).unwrap();
        self.claims.lock().unwrap().push(asked.elapsed());
        let (mode, clock, uncertainty_ms, until) = match permission {
            Permission::Denied(denial) => return Shown::Denied(denial.code),
            Permission::Granted {
                mode,
                clock,
                uncertainty_ms,
                until,
            } => (mode, clock, uncertainty_ms, until),
        };
        let scan = {
            let mut file = self.file.file();
            let life = self.life();
            let used = file
                .of_ticket(ticket)
                .iter()
                .any(|s| s.record.verdict == Verdict::Admitted);
            if used || mesh.steady() > until {
                drop(file);
                mesh.withdrawn(nonce);
                return if used { Shown::Known } else { Shown::TooLate };
            }
            let last = file.last_of(life);
            let record = ScanRecord {
                event: self.event,
                device: life.device,
                incarnation: life.incarnation,
                sequence: last.map_or(1, |s| s.record.sequence + 1),
                ticket: Some(ticket),
                version: 1,
                session: None,
                day: 20_261_121,
                zone: None,
                direction: Direction::Entry,
                verdict: Verdict::Admitted,
                code: Code::Admitted,
                mode,
                nonce,
                device_ms: self.clock.now_ms(),
                clock,
                uncertainty_ms,
                previous: last.map_or([0; 32], SignedScan::hash),
                undoes: None,
            };
            let signed = record.to_bytes();
            let signature = device_key(self.n).sign(&signed).as_ref().to_vec();
            let scan = SignedScan::new(signed, signature).unwrap();
            file.add(scan.clone());
            scan
        };
        mesh.stored(scan);
        Shown::Admitted(mode)
    }

    /// Lets somebody in who was not here before. A machine that stands still between the grant and
    /// the scan is too late, and asks again.
    #[track_caller]
    pub(crate) fn admit(&self, ticket: TicketId) -> Mode {
        let begun = Instant::now();
        loop {
            match self.present(ticket) {
                Shown::Admitted(mode) => return mode,
                Shown::TooLate if begun.elapsed() < PATIENCE => {}
                shown => panic!("{shown:?}"),
            }
        }
    }

    /// Lets people in until one came in after all peers were asked, and tells how many. On a
    /// machine so busy that an answer takes 150 ms some come in alone.
    #[track_caller]
    pub(crate) fn admit_in_mesh(&self, first: u128) -> usize {
        let mut admitted = 0;
        until("peers are asked", || {
            let next = ticket(first + admitted as u128);
            admitted += 1;
            self.admit(next) == Mode::Mesh
        });
        admitted
    }

    /// How many scans of a ticket are here.
    pub(crate) fn scans_of(&self, ticket: TicketId) -> usize {
        self.file.file().of_ticket(ticket).len()
    }

    pub(crate) fn scans(&self) -> usize {
        self.file.file().scans.len()
    }
}

/// Waits until something holds, for a minute at most.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    begun.elapsed()
}

/// Gates that all know where the first one, and each one before them, listens; started, and met.
pub(crate) fn met(count: usize) -> Vec<Gate> {
    let authority = Authority::new();
    met_in(&authority, count)
}

pub(crate) fn met_in(authority: &Authority, count: usize) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    for n in 0..count {
        let mut gate = Gate::new(n, count, authority);
        gate.peers = gates.iter().map(|g| g.listen.to_string()).collect();
        gate.start();
        gates.push(gate);
    }
    all_met(&gates);
    gates
}

#[track_caller]
pub(crate) fn all_met(gates: &[Gate]) {
    until("everybody has met everybody", || {
        gates.iter().all(|gate| gate.ready() == gates.len() - 1)
    });
}

/// Admissions of each ticket, as one gate knows them.
pub(crate) fn admissions(gate: &Gate) -> BTreeMap<TicketId, Vec<Mode>> {
    let mut admissions: BTreeMap<TicketId, Vec<Mode>> = BTreeMap::new();
    for scan in &gate.file.file().scans {
        if let (Some(ticket), Verdict::Admitted) = (scan.record.ticket, scan.record.verdict) {
            admissions.entry(ticket).or_default().push(scan.record.mode);
        }
    }
    // In no order: each gate heard of them in its own.
    for modes in admissions.values_mut() {
        modes.sort();
    }
    admissions
}
