//! Discovery by multicast (RFC 6762, RFC 6763): who else of this event is on the local network.
//!
//! What is heard is a hint and no more: anybody may say anything. It leads to a dial, and the
//! certificate at the other end tells who is there. That somebody left is never believed; the
//! connection tells that.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use gatehouse_domain::id::{DeviceId, EventId};
use mdns_sd::{IfKind, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::dialler::{Call, Calls};
use super::steady::Steady;
use super::{Shared, locked};
use crate::Own;
use crate::limits::NEWEST_VERSION;
use crate::wire::RosterVersion;

/// The kind of service that is looked for.
const SERVICE: &str = "_gatehouse._tcp.local.";
/// How often everybody is asked anew: after a network was cut and healed nobody speaks up by
/// themselves.
const ANEW: Duration = Duration::from_secs(10);
/// How often what is told of oneself changes, at most.
const TELL_AGAIN: Duration = Duration::from_secs(2);
/// How often it is looked whether there is anything to do.
const TURN: Duration = Duration::from_millis(100);
/// For how long leaving may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// Addresses of one device that are tried.
const MOST_ADDRESSES: usize = 8;

/// On which of the machine's networks devices look for each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Interfaces {
    /// On all of them, as they come and go.
    #[default]
    All,
    /// On those of these names alone, such as `eth0`.
    Named(Vec<String>),
    /// On the machine itself alone (IPv4).
    Loopback,
}

/// What stands for an event on the network, so that only its devices are dialled; the event can't
/// be told from it.
fn event_tag(event: EventId) -> String {
    let mut hash = Sha256::new();
    hash.update(b"GHTAG\0\0\x01");
    hash.update(event.0.as_bytes());
    let hash = hash.finalize();
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a device says of itself: event tag, device, roster, newest version of the protocol.
fn texts(own: &Own, roster: RosterVersion) -> [(&'static str, String); 4] {
    [
        ("e", event_tag(own.event)),
        ("d", own.device.0.as_hyphenated().to_string()),
        ("r", format!("{}.{}", roster.epoch, roster.number)),
        ("v", NEWEST_VERSION.to_string()),
    ]
}

/// The device that something heard is of, if it is of the same event.
fn device_of(service: &ResolvedService, tag: &str) -> Option<DeviceId> {
    if service.get_property_val_str("e") != Some(tag) {
        return None;
    }
    let device = service.get_property_val_str("d")?;
    Uuid::try_parse(device).ok().map(DeviceId)
}

fn addresses_of(service: &ResolvedService) -> Vec<SocketAddr> {
    let port = service.get_port();
    let address = |ip: &ScopedIp| match ip {
        // An address of one link is one only with its link.
        ScopedIp::V6(v6) if v6.addr().is_unicast_link_local() => {
            SocketAddrV6::new(*v6.addr(), port, 0, v6.scope_id().index).into()
        }
        ip => SocketAddr::new(ip.to_ip_addr(), port),
    };
    let mut addresses: Vec<SocketAddr> = service.get_addresses().iter().map(address).collect();
    addresses.retain(|address| port > 0 && !address.ip().is_unspecified());
    // IPv4 first, always in one order.
    addresses.sort();
    addresses.truncate(MOST_ADDRESSES);
    addresses
}

/// Looks for others, and is found, on a thread of its own.
pub(super) struct Discovery {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Discovery {
    pub(super) fn start(
        own: Own,
        interfaces: Interfaces,
        calls: Calls,
        shared: Arc<Shared>,
    ) -> Self {
        let (stop, stopped) = bounded(1);
        let finder = Finder {
            own,
            tag: event_tag(own.event),
            interfaces,
            calls,
            shared,
            steady: Steady::begin(),
        };
        let thread = std::thread::Builder::new()
            .name("mesh-discovery".to_owned())
            .spawn(move || finder.run(&stopped));
        if let Err(error) = &thread {
            tracing::warn!(%error, "nobody is looked for on the network");
        }
        Self {
            stop,
            thread: thread.ok(),
        }
    }

    /// Says goodbye and ends.
    pub(super) fn stop(self) {
        drop(self.stop);
        if let Some(thread) = self.thread {
            let _ = thread.join();
        }
    }
}

struct Finder {
    own: Own,
    tag: String,
    interfaces: Interfaces,
    calls: Calls,
    shared: Arc<Shared>,
    steady: Steady,
}

impl Finder {
    fn run(&self, stopped: &Receiver<()>) {
        while stopped.try_recv() != Err(TryRecvError::Disconnected) {
            match self.open() {
                Ok(daemon) => {
                    if let Err(error) = self.find(&daemon, stopped) {
                        tracing::warn!(%error, "looking for peers on the network failed");
                    }
                    self.close(&daemon);
                }
                Err(error) => tracing::warn!(%error, "no network to look for peers on"),
            }
            let _ = stopped.recv_timeout(ANEW);
        }
    }

    fn open(&self) -> mdns_sd::Result<ServiceDaemon> {
        let daemon = ServiceDaemon::new()?;
        match &self.interfaces {
            Interfaces::All => {}
            Interfaces::Named(names) => {
                daemon.disable_interface(IfKind::All)?;
                let names: Vec<IfKind> = names.iter().cloned().map(IfKind::Name).collect();
                daemon.enable_interface(names)?;
            }
            Interfaces::Loopback => {
                daemon.disable_interface(IfKind::All)?;
                daemon.enable_interface(IfKind::LoopbackV4)?;
            }
        }
        daemon.set_ip_check_interval(2)?;
        Ok(daemon)
    }

    /// What is told of this device.
    fn service(&self, roster: RosterVersion) -> mdns_sd::Result<ServiceInfo> {
        let name = self.own.device.0.as_simple().to_string();
        let host = format!("{name}.local.");
        let listens_on = self.shared.listens_on;
        let texts = texts(&self.own, roster);
        let mut service = match listens_on.ip() {
            ip if ip.is_unspecified() => {
                ServiceInfo::new(SERVICE, &name, &host, "", listens_on.port(), &texts[..])?
                    .enable_addr_auto()
            }
            ip => ServiceInfo::new(SERVICE, &name, &host, ip, listens_on.port(), &texts[..])?,
        };
        if listens_on.ip() == IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED) {
            service.set_interfaces(vec![IfKind::IPv4]);
        }
        // The name holds the device's id: nobody else has it.
        service.set_requires_probe(false);
        Ok(service)
    }

    fn find(&self, daemon: &ServiceDaemon, stopped: &Receiver<()>) -> mdns_sd::Result<()> {
        let mut told = *locked(&self.shared.roster);
        daemon.register(self.service(told)?)?;
        let mut told_at = self.steady.now();
        let mut found = daemon.browse(SERVICE)?;
        let mut asked_at = told_at;
        let mut anew = self.shared.anew.load(Ordering::Relaxed);
        while stopped.try_recv() != Err(TryRecvError::Disconnected) {
            let ended = match found.recv_timeout(TURN) {
                Ok(ServiceEvent::ServiceResolved(service)) => {
                    self.hear(&service);
                    false
                }
                Ok(_) | Err(mdns_sd::RecvTimeoutError::Timeout) => false,
                Err(mdns_sd::RecvTimeoutError::Disconnected) => true,
            };
            let now = self.steady.now();
            let asked_anew = self.shared.anew.load(Ordering::Relaxed);
            if asked_anew != anew || ended || asked_at + ANEW <= now {
                if ended && asked_at + Duration::from_secs(1) > now {
                    std::thread::sleep(TURN);
                    continue;
                }
                anew = asked_anew;
                asked_at = now;
                daemon.stop_browse(SERVICE)?;
                found = daemon.browse(SERVICE)?;
            }
            let roster = *locked(&self.shared.roster);
            if roster != told && told_at + TELL_AGAIN <= now {
                told = roster;
                told_at = now;
                daemon.register(self.service(told)?)?;
            }
        }
        Ok(())
    }

    fn hear(&self, service: &ResolvedService) {
        let Some(device) = device_of(service, &self.tag) else {
            return;
        };
        if device != self.own.device {
            self.calls.tell(Call::Heard(device, addresses_of(service)));
        }
    }

    fn close(&self, daemon: &ServiceDaemon) {
        let name = format!("{}.{SERVICE}", self.own.device.0.as_simple());
        if let Ok(done) = daemon.unregister(&name) {
            let _ = done.recv_timeout(GOODBYE);
        }
        if let Ok(done) = daemon.shutdown() {
            let _ = done.recv_timeout(GOODBYE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Role;

    fn own() -> Own {
        Own {
            event: EventId(Uuid::from_u128(0xe0)),
            device: DeviceId(Uuid::from_u128(0xd0)),
            incarnation: 1,
            role: Role::Gate,
        }
    }

    #[test]
    fn what_is_told_names_no_event_and_no_person() {
        let texts = texts(
            &own(),
            RosterVersion {
                epoch: 2,
                number: 7,
            },
        );
        let told: Vec<String> = texts.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(
            told,
            [
                "e=51853a8ab4b6d622",
                "d=00000000-0000-0000-0000-0000000000d0",
                "r=2.7",
                "v=1"
            ]
        );
    }

    #[test]
    fn only_devices_of_the_same_event_are_heard() {
        let tag = event_tag(own().event);
        let service = |texts: &[(&str, &str)]| {
            ServiceInfo::new(SERVICE, "x", "x.local.", "10.0.0.7", 7_000, texts)
                .unwrap()
                .as_resolved_service()
        };
        let id = "00000000-0000-0000-0000-0000000000d1";
        let heard = service(&[("e", &tag), ("d", id)]);
        assert_eq!(
            device_of(&heard, &tag),
            Some(DeviceId(Uuid::from_u128(0xd1)))
        );
        assert_eq!(addresses_of(&heard), ["10.0.0.7:7000".parse().unwrap()]);
        for texts in [
            &[("e", "0011223344556677"), ("d", id)][..],
            &[("d", id)],
            &[("e", &tag)],
            &[("e", &tag), ("d", "gate 7")],
        ] {
            assert_eq!(device_of(&service(texts), &tag), None, "{texts:?}");
        }
    }
}
