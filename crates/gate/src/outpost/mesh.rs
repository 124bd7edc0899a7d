//! A gate among its peers: certified by its home, deciding together with whoever it can reach.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use gatehouse_api::{EventLedger, Gate, Problem};
use gatehouse_credential::key::PublicKey;
use gatehouse_mesh::net::{Identity, Interfaces, Mesh, MeshError, News, Settings};
use gatehouse_mesh::wire::Role;
use gatehouse_mesh::{Life, Own};
use gatehouse_store::Lane;

use super::{Outpost, damaged, hex, unhex};
use crate::lock;

/// What is kept of the mesh in a gate's file.
const CHAIN: &str = "mesh_chain";
const MET: &str = "mesh_met";
/// How long a gate that could not begin anew waits before it tries again.
const ANEW: Duration = Duration::from_secs(1);
/// Addresses of peers that are remembered.
const MOST_MET: usize = 64;

/// Where a gate meets its peers.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Addresses that a person typed, `host:port`.
    pub peers: Vec<String>,
    /// Whether it looks for peers on the local network by multicast, and is found.
    pub discover: bool,
    /// On which of the machine's networks.
    pub interfaces: Interfaces,
    /// By which address others reach this machine, where it listens on all of them.
    pub reached_at: Option<IpAddr>,
}

/// Hears what the mesh tells of a gate's peers; it must not wait.
pub type Listener = Arc<dyn Fn(&News) + Send + Sync>;

/// A gate that decides together with its peers, until this is dropped.
pub struct Joined {
    outpost: Arc<Outpost>,
    gate: Arc<Gate>,
    meeting: Meeting,
    listener: Listener,
    mesh: Mutex<Option<Mesh>>,
}

impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined")
            .field("meeting", &self.meeting)
            .finish_non_exhaustive()
    }
}

fn failed(error: &MeshError) -> Problem {
    Problem::new(error.code(), error.to_string())
}

impl Outpost {
    /// Where this gate meets its peers unless a person says otherwise: on every network, found by
    /// itself; where its home is on this machine, on this machine alone.
    #[must_use]
    pub fn usual_meeting(&self) -> Meeting {
        let local = self.home.is_on_this_machine();
        let host = match local {
            true => Ipv4Addr::LOCALHOST,
            false => Ipv4Addr::UNSPECIFIED,
        };
        Meeting {
            listen: SocketAddr::from((host, 0)),
            peers: Vec::new(),
            discover: !local,
            interfaces: Interfaces::default(),
            reached_at: None,
        }
    }

    /// Fetches this gate's certificate anew where the home can be reached, and tells it the port
    /// that this gate listens on; gives where the home and other gates are met.
    fn certify(&self, listens: Option<u16>) -> Result<Vec<String>, Problem> {
        let made = self.home.certificate(listens)?;
        let chain: Vec<String> = made.chain.iter().map(|der| hex(der)).collect();
        let chain = serde_json::to_string(&chain).map_err(damaged)?;
        self.file.append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.keep(CHAIN, &chain)?)
        })?;
        Ok(made.peers)
    }

    /// Keeps a certificate and addresses of peers that this gate was given; both certificates are
    /// DER as hex.
    pub(super) fn keep_company(
        &self,
        chain: &[String],
        peers: &[SocketAddr],
    ) -> Result<(), Problem> {
        let chain = serde_json::to_string(chain).map_err(damaged)?;
        let peers = peers.get(..MOST_MET.min(peers.len())).unwrap_or_default();
        let met = serde_json::to_string(peers).map_err(damaged)?;
        self.file.append(Lane::Edit, move |change| {
            change.keep(CHAIN, &chain)?;
            Ok::<_, Problem>(change.keep(MET, &met)?)
        })
    }

    pub(super) fn identity(&self) -> Result<Identity, Problem> {
        let kept = self.file.read(|view| view.kept(CHAIN))?.ok_or_else(|| {
            Problem::new(
                "mesh_identity",
                "this gate has no certificate for the mesh yet; connect it to its office once",
            )
        })?;
        let chain: Vec<String> = serde_json::from_str(&kept).map_err(damaged)?;
        let chain: Vec<Vec<u8>> = chain
            .iter()
            .map(|der| unhex(der).ok_or_else(|| damaged(CHAIN)))
            .collect::<Result<_, _>>()?;
        let authority = chain.last().cloned().ok_or_else(|| damaged(CHAIN))?;
        let device = self.now();
        let kid = PublicKey::from_spki_der(&device.public_key)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?
            .id();
        let key = self
            .vault
            .open_key(kid, &self.key)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        Ok(Identity {
            chain,
            key: key.to_pkcs8(),
            authority,
        })
    }

    pub(super) fn met(&self) -> Vec<SocketAddr> {
        let kept = self.file.read(|view| view.kept(MET)).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    fn remember(&self, address: SocketAddr) -> Result<(), Problem> {
        let mut met = self.met();
        if met.first() == Some(&address) {
            return Ok(());
        }
        met.retain(|known| *known != address);
        met.insert(0, address);
        met.truncate(MOST_MET);
        let met = serde_json::to_string(&met).map_err(damaged)?;
        self.file.append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.keep(MET, &met)?)
        })
    }

    /// Whether the home is among the peers that this gate talks to now.
    pub(super) fn meets_home(&self) -> bool {
        let mesh = lock(&self.mesh).clone();
        mesh.is_some_and(|mesh| {
            let peers = mesh.view().peers.into_iter();
            peers
                .map(|peer| peer.peer)
                .any(|peer| peer.is_home && peer.ready && !peer.silent)
        })
    }

    /// Notes how far the home knows this gate's own scans, where it is connected, and has all that
    /// is here.
    pub(super) fn note_shared(&self) -> Result<(), Problem> {
        let Some(mesh) = lock(&self.mesh).clone() else {
            return Ok(());
        };
        if self.waiting()? == 0 {
            return Ok(());
        }
        let device = self.now();
        let own = |(life, _): &(Life, u64)| {
            (life.device, life.incarnation) == (device.id, device.incarnation)
        };
        // In this order: what is here later and lacks there makes the two differ.
        let Some((_, last)) = mesh.lives().into_iter().find(own) else {
            return Ok(());
        };
        let has_all = mesh
            .view()
            .peers
            .iter()
            .map(|peer| &peer.peer)
            .any(|peer| peer.is_home && peer.ready && peer.same);
        if !has_all {
            return Ok(());
        }
        self.file.append(Lane::Scan, move |change| {
            if change.sent()? < last {
                change.mark_sent(last)?;
            }
            Ok::<_, Problem>(())
        })
    }

    /// Begins a new life of this gate, after its file was put back from an older copy.
    pub(super) fn begin_life(&self) -> Result<u32, Problem> {
        let mut device = lock(&self.device);
        let id = device.id;
        let incarnation = self.file.append(Lane::Edit, move |change| {
            let known = change.own_device()?.map_or(0, |own| own.incarnation);
            change.raise_incarnation(id, known + 1)?;
            // How far the home knew the chain before says nothing of this one.
            change.mark_sent(0)?;
            Ok::<_, Problem>(known + 1)
        })?;
        device.incarnation = incarnation;
        Ok(incarnation)
    }

    /// Meets this gate's peers from now on: they are asked before anybody is let in, and every scan
    /// is shared. What is lacking here, the home's certificate most of all, is asked of the home
    /// where it can be reached.
    pub fn join(
        self: &Arc<Self>,
        gate: &Arc<Gate>,
        meeting: Meeting,
        listener: Listener,
    ) -> Result<Arc<Joined>, Problem> {
        let joined = Arc::new(Joined {
            outpost: Arc::clone(self),
            gate: Arc::clone(gate),
            meeting,
            listener,
            mesh: Mutex::default(),
        });
        joined.start()?;
        if let Err(problem) = joined.greet() {
            tracing::info!(
                code = problem.code,
                "the office was not told where this gate is"
            );
        }
        Ok(joined)
    }
}

impl Joined {
    /// The mesh; none while it is begun anew.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        lock(&self.mesh).clone()
    }

    fn start(self: &Arc<Self>) -> Result<(), Problem> {
        let outpost = &self.outpost;
        let mut peers = self.meeting.peers.clone();
        match outpost.certify(None) {
            Ok(homes) => peers.extend(homes),
            Err(problem) => tracing::info!(code = problem.code, "no new certificate"),
        }
        let device = outpost.now();
        let ledger = EventLedger::of_gate(outpost.file.clone(), outpost.surroundings.clone())?;
        let settings = Settings {
            own: Own {
                event: outpost.event(),
                device: device.id,
                incarnation: device.incarnation,
                role: Role::Gate,
            },
            identity: outpost.identity()?,
            listen: self.meeting.listen,
            peers,
            remembered: outpost.met(),
            discover: self.meeting.discover,
            interfaces: self.meeting.interfaces.clone(),
            entropy: outpost.surroundings.entropy(),
        };
        let (told, news) = channel();
        let mesh = Mesh::start(
            settings,
            Box::new(ledger),
            Arc::clone(&outpost.surroundings.clock),
            Box::new(move |news| {
                let _ = told.send(news);
            }),
        )
        .map_err(|error| failed(&error))?;
        self.gate.join(mesh.clone());
        *lock(&outpost.mesh) = Some(mesh.clone());
        *lock(&self.mesh) = Some(mesh);
        let joined = Arc::downgrade(self);
        std::thread::Builder::new()
            .name("gatehouse-news".into())
            .spawn(move || hear(&joined, &news))
            .map_err(|e| Problem::new("mesh_start", e.to_string()))?;
        Ok(())
    }

    /// Tells the home where this gate is met, and dials whoever it names; for networks on which
    /// gates don't find each other.
    pub fn greet(&self) -> Result<(), Problem> {
        let Some(mesh) = self.mesh() else {
            return Ok(());
        };
        for peer in self.outpost.certify(Some(mesh.listens_on().port()))? {
            mesh.dial(peer);
        }
        Ok(())
    }

    /// Leaves: peers learn of it at once.
    pub fn leave(&self) {
        self.gate.part();
        *lock(&self.outpost.mesh) = None;
        let mesh = lock(&self.mesh).take();
        if let Some(mesh) = mesh {
            mesh.stop();
        }
    }

    /// Does what news ask for; `false` where this mesh is over.
    fn follow(self: &Arc<Self>, news: News) -> bool {
        (self.listener)(&news);
        let done = match news {
            News::Revoked => {
                tracing::warn!("this gate's right was taken back");
                self.outpost.forget()
            }
            // It lets nobody in until it has begun anew.
            News::RolledBack => return false,
            News::Met { address, .. } => self.outpost.remember(address),
            News::Flagged(flag) => {
                tracing::warn!(?flag, "a device or a home is flagged");
                Ok(())
            }
            News::NotKept(why) => {
                tracing::error!(why, "the mesh could not keep something");
                Ok(())
            }
            News::Merged(_) | News::Noted(_) | News::RosterAdvanced(_) | News::Peers => Ok(()),
        };
        if let Err(problem) = done {
            tracing::error!(code = problem.code, "the mesh's news came to nothing");
        }
        true
    }

    /// This gate came back from an older copy of its file: what it signs from now on belongs to a
    /// new life. The mesh of the old one, in which it lets nobody in, is left only then.
    fn begin_life(&self) -> Result<(), Problem> {
        let incarnation = self.outpost.begin_life()?;
        self.gate.begin_life(incarnation)
    }
}

/// Begins a gate's new life and meets its peers again, however often that has to be tried.
fn begin_anew(joined: &Weak<Joined>) {
    let mut lives = false;
    loop {
        let Some(joined) = joined.upgrade() else {
            return;
        };
        let begun = match lives {
            true => Ok(()),
            false => joined.begin_life(),
        };
        let met = begun.and_then(|()| {
            lives = true;
            joined.leave();
            joined.start()
        });
        match met {
            Ok(()) => return,
            Err(problem) => {
                tracing::error!(code = problem.code, "this gate could not begin anew yet");
            }
        }
        drop(joined);
        std::thread::sleep(ANEW);
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.leave();
    }
}

fn hear(weak: &Weak<Joined>, news: &Receiver<News>) {
    while let Ok(news) = news.recv() {
        let Some(joined) = weak.upgrade() else {
            return;
        };
        if !joined.follow(news) {
            drop(joined);
            begin_anew(weak);
            return;
        }
    }
}
