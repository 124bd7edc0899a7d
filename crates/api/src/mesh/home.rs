//! An event's home among its gates: it publishes the roster, hears every scan, and is asked before
//! anybody is let in.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use gatehouse_credential::home::HomeKey;
use gatehouse_domain::device::{DeviceKind, DeviceStatus};
use gatehouse_domain::id::DeviceId;
use gatehouse_mesh::net::{Identity, Interfaces, Mesh, News, Settings};
use gatehouse_mesh::wire::Role;
use gatehouse_mesh::{Own, SignedScan};
use gatehouse_store::event::{ChangeProbe, DeviceRow};

use super::ledger::EventLedger;
use super::publish::Publisher;
use crate::home::EventHome;
use crate::problem::Problem;

/// The device that an event's home is in the mesh.
pub(crate) const OFFICE: &str = "Office";
/// Whether a device is an event's home itself among its gates, now or before.
pub(crate) fn is_office(device: &DeviceRow) -> bool {
    device.kind == DeviceKind::Office && device.name == OFFICE && device.sealed.is_some()
}

/// After an edit, for how long others are waited for, so that a burst is one edit of the roster.
const BURST: Duration = Duration::from_millis(60);
/// How often it is looked whether another program wrote the file.
const LOOK: Duration = Duration::from_millis(1_000);
/// Scans that are told at a time of those that another program wrote.
const MOST_TOLD: u32 = 1_000;

/// Where a home takes part in its events' meshes.
#[derive(Debug, Clone)]
pub struct MeshPlace {
    /// Where it listens; each event has a port of its own, so any is taken where it is 0.
    pub listen: SocketAddr,
    /// Whether it looks for gates on the local network by multicast, and is found.
    pub discover: bool,
    /// On which of the machine's networks.
    pub interfaces: Interfaces,
    /// Names and addresses by which gates reach this machine.
    pub hosts: Vec<String>,
    /// Addresses at which gates ask the office itself, such as `https://desk.local:8443`.
    pub offices: Vec<String>,
}

impl MeshPlace {
    /// On every network of the machine, which goes by `hosts` there.
    #[must_use]
    pub fn on_the_network(hosts: Vec<String>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            discover: true,
            interfaces: Interfaces::default(),
            hosts,
            offices: Vec::new(),
        }
    }

    /// Among programs of this machine alone.
    #[must_use]
    pub fn on_this_machine() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            discover: false,
            interfaces: Interfaces::default(),
            hosts: vec![Ipv4Addr::LOCALHOST.to_string()],
            offices: Vec::new(),
        }
    }
}

/// What a device needs to take part in an event's mesh.
#[derive(Debug, Clone)]
pub struct MeshCredentials {
    /// The device's certificate, then the authority's, DER.
    pub chain: Vec<Vec<u8>>,
    /// Addresses of the home and of other gates in the mesh, `host:port`; empty while the home takes
    /// part in none.
    pub peers: Vec<String>,
}

/// A home's place among its gates, shared by all that have the event open.
#[derive(Debug, Clone, Default)]
pub(crate) struct MeshSlot {
    home: Arc<Mutex<Option<HomeMesh>>>,
    offices: Arc<Mutex<Vec<String>>>,
}

impl MeshSlot {
    fn lock(&self) -> MutexGuard<'_, Option<HomeMesh>> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Addresses at which gates ask the office; empty while it meets none.
    pub(crate) fn offices(&self) -> Vec<String> {
        let offices = self.offices.lock();
        offices.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_offices(&self, addresses: &[String]) {
        let offices = self.offices.lock();
        *offices.unwrap_or_else(PoisonError::into_inner) = addresses.to_vec();
    }
}

#[derive(Debug)]
struct HomeMesh {
    mesh: Mesh,
    place: MeshPlace,
    /// Where gates said that they listen, for others that they don't find by themselves.
    gates: HashMap<DeviceId, SocketAddr>,
}

fn mesh_failed(error: &gatehouse_mesh::net::MeshError) -> Problem {
    Problem::new(error.code(), error.to_string())
}

impl EventHome {
    /// The other gates, while this home takes part.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        let slot = self.mesh_slot().lock();
        slot.as_ref().map(|home| home.mesh.clone())
    }

    /// Whether gates of ours are registered that would look for this home.
    pub fn has_gates(&self) -> Result<bool, Problem> {
        let devices = self.file().read(|view| view.devices())?;
        Ok(devices.iter().any(|device| {
            device.status == DeviceStatus::Active
                && matches!(device.kind, DeviceKind::Gate | DeviceKind::Kiosk)
        }))
    }

    /// What a device needs to take part. Others are told where it `listens`.
    pub fn mesh_credentials(
        &self,
        device: &DeviceRow,
        listens: Option<SocketAddr>,
    ) -> Result<MeshCredentials, Problem> {
        let workspace = self.workspace();
        let until = match self.file().read(|view| view.spare_of(device.id))? {
            Some(_) => device.expires_at,
            None => None,
        };
        let own = workspace.device_certificate(device.id, &device.public_key, until)?;
        let mut slot = self.mesh_slot().lock();
        let peers = slot.as_mut().map_or_else(Vec::new, |home| {
            let port = home.mesh.listens_on().port();
            let hosts = home.place.hosts.iter();
            let own = hosts.map(|host| format!("{host}:{port}"));
            let others = home.gates.iter().filter(|(id, _)| **id != device.id);
            let peers = own.chain(others.map(|(_, at)| at.to_string())).collect();
            if let Some(at) = listens {
                home.gates.insert(device.id, at);
            }
            peers
        });
        Ok(MeshCredentials {
            chain: vec![own, workspace.authority_der()?],
            peers,
        })
    }

    /// Takes part in the event's mesh, unless it does already.
    pub fn open_mesh(&self, place: &MeshPlace) -> Result<Mesh, Problem> {
        let mut slot = self.mesh_slot().lock();
        if let Some(home) = slot.as_ref() {
            return Ok(home.mesh.clone());
        }
        self.mesh_slot().note_offices(&place.offices);
        let row = self.office_device()?;
        let key = self.unseal_device(&row)?;
        let event = self.file().read(|view| view.event())?;
        let epoch = u32::try_from(event.home_epoch).unwrap_or(u32::MAX);
        let identity = Identity {
            chain: self.mesh_identity(&row)?,
            key: key.to_pkcs8(),
            authority: self.workspace().authority_der()?,
        };
        let home_key = HomeKey::certify(&self.workspace().root_key()?, key, self.id(), epoch)
            .ok_or_else(|| Problem::new("key_failed", "the office's key is of another kind"))?;
        let mut publisher = Publisher::new(self.clone(), home_key);
        publisher.publish()?;
        let surroundings = self.workspace().surroundings();
        let ledger = EventLedger::of_home(
            self.file().clone(),
            self.workspace().root_public()?,
            surroundings.clone(),
        );
        let settings = Settings {
            own: Own {
                event: self.id(),
                device: row.id,
                incarnation: row.incarnation,
                role: Role::Home,
            },
            identity,
            listen: place.listen,
            peers: Vec::new(),
            remembered: Vec::new(),
            discover: place.discover,
            interfaces: place.interfaces.clone(),
            entropy: self.entropy(),
        };
        let (wake, woken) = bounded(1);
        let mesh = Mesh::start(
            settings,
            Box::new(ledger),
            Arc::clone(&surroundings.clock),
            Box::new(note),
        )
        .map_err(|error| mesh_failed(&error))?;
        let publishing = Publishing {
            publisher,
            probe: self.file().probe()?,
            home: self.clone(),
            mesh: mesh.clone(),
        };
        std::thread::Builder::new()
            .name("gatehouse-roster".into())
            .spawn(move || publishing.go_on(&woken))
            .map_err(|e| Problem::new("mesh_start", e.to_string()))?;
        // Whoever writes must not wait for the roster; a wake that waits already is enough.
        let shared: Weak<Mutex<Option<HomeMesh>>> = Arc::downgrade(&self.mesh_slot().home);
        self.file().watch(move |committed| {
            if committed.command.is_some() && shared.strong_count() > 0 {
                let _ = wake.try_send(());
            }
        });
        *slot = Some(HomeMesh {
            mesh: mesh.clone(),
            place: place.clone(),
            gates: HashMap::new(),
        });
        tracing::info!(event = %self.id(), "the office takes part in the event's mesh");
        Ok(mesh)
    }

    /// Leaves the event's mesh; gates go on among themselves.
    pub fn close_mesh(&self) {
        let left = self.mesh_slot().lock().take();
        if let Some(home) = left {
            home.mesh.stop();
        }
    }

    /// The device that this home is, registered where it is new.
    pub(super) fn office_device(&self) -> Result<DeviceRow, Problem> {
        let devices = self.file().read(|view| view.devices())?;
        let office = devices
            .into_iter()
            .find(|device| is_office(device) && device.status == DeviceStatus::Active);
        office.map_or_else(|| self.register_office_gate(OFFICE), Ok)
    }

    fn mesh_identity(&self, row: &DeviceRow) -> Result<Vec<Vec<u8>>, Problem> {
        Ok(vec![
            self.workspace()
                .device_certificate(row.id, &row.public_key, None)?,
            self.workspace().authority_der()?,
        ])
    }
}

/// Writes down what a home hears of its mesh.
fn note(news: News) {
    match news {
        News::Flagged(flag) => tracing::warn!(?flag, "a device or a home is flagged"),
        News::NotKept(why) => tracing::error!(why, "the mesh could not keep something"),
        News::RolledBack => tracing::error!("this home was restored from an older copy"),
        News::Merged(scans) => tracing::debug!(scans = scans.len(), "scans of gates were kept"),
        News::Revoked
        | News::Noted(_)
        | News::RosterAdvanced(_)
        | News::Peers
        | News::Met { .. } => {}
    }
}

/// Publishes each edit of the event, and tells the mesh of scans that came by other ways.
struct Publishing {
    publisher: Publisher,
    probe: ChangeProbe,
    home: EventHome,
    mesh: Mesh,
}

impl Publishing {
    /// Goes on until the home leaves the mesh.
    fn go_on(mut self, woken: &Receiver<()>) {
        loop {
            match woken.recv_timeout(LOOK) {
                Ok(()) => std::thread::sleep(BURST),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.home.mesh().is_none() {
                return;
            }
            let done = match self.probe.changed() {
                Ok(true) => self.tell(),
                Ok(false) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(problem) = done {
                tracing::warn!(code = problem.code, "the roster was not published");
            }
        }
    }

    fn tell(&mut self) -> Result<(), Problem> {
        if self.publisher.publish()? {
            self.mesh.roster_changed();
        }
        self.tell_scans()
    }

    /// Tells of scans that were written here past the mesh: of phones, and by other programs that
    /// have this file open.
    fn tell_scans(&self) -> Result<(), Problem> {
        let known = self.mesh.lives();
        let (chains, own) = self.home.file().read(|view| {
            let kept: Vec<DeviceId> = view
                .devices()?
                .into_iter()
                .filter(|device| device.sealed.is_some())
                .map(|device| device.id)
                .collect();
            Ok::<_, Problem>((view.chains()?, kept))
        })?;
        for (device, incarnation, last) in chains {
            if !own.contains(&device) {
                continue;
            }
            let mut after = known
                .iter()
                .find(|(life, _)| (life.device, life.incarnation) == (device, incarnation))
                .map_or(0, |(_, last)| *last);
            while after < last {
                let rows = self
                    .home
                    .file()
                    .read(|view| view.scans_after(device, incarnation, after, MOST_TOLD))?;
                let Some(newest) = rows.last().map(|row| row.record.sequence) else {
                    break;
                };
                after = newest;
                for row in rows {
                    self.mesh.stored(SignedScan {
                        record: row.record,
                        signed: row.signed,
                        signature: row.signature,
                    });
                }
            }
        }
        Ok(())
    }
}
