//! Who is not let in: strangers, the revoked, those who speak nonsense, those who shout.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use gatehouse_domain::scan::Mode;
use gatehouse_mesh::Extent;
use gatehouse_mesh::Life;
use gatehouse_mesh::net::{MeshError, News, device_name};
use gatehouse_mesh::wire::{Beat, ByeCode, DenyCode, Frame, Have, Hello, RosterAsk, RosterVersion};
use rcgen::ExtendedKeyUsagePurpose;

use crate::caller::{Caller, hello};
use crate::gates::{Gate, Shown, all_met, met_in, ticket, until};
use crate::ledger::{EVENT, delta, device};
use crate::workspace::{Authority, Wanted};

const PROTOCOL: &[u8] = b"gatehouse-mesh/1";

#[test]
fn only_devices_that_the_authority_vouches_for_hear_a_word() {
    let authority = Authority::new();
    let home = {
        let mut home = Gate::new(0, 9, &authority);
        home.start();
        home
    };
    let usual = Wanted::of(device(5));
    let changed = |change: &dyn Fn(&mut Wanted)| {
        let mut wanted = usual.clone();
        change(&mut wanted);
        Some(authority.vouch(&wanted))
    };
    let good = Some(authority.enrol(device(5)));
    let table = [
        ("as enrolled", good.clone(), Some(PROTOCOL), true),
        ("no certificate", None, Some(PROTOCOL), false),
        (
            "another workspace's",
            Some(Authority::new().enrol(device(5))),
            Some(PROTOCOL),
            false,
        ),
        (
            "the browser door's",
            changed(&|w| w.names = vec!["desk.local".to_owned()]),
            Some(PROTOCOL),
            false,
        ),
        (
            "two devices'",
            changed(&|w| w.names.push(device_name(device(6)))),
            Some(PROTOCOL),
            false,
        ),
        (
            "outside what the authority may vouch for",
            changed(&|w| w.names = vec!["example.org".to_owned()]),
            Some(PROTOCOL),
            false,
        ),
        (
            "over",
            changed(&|w| w.days = [(2026, 1, 1), (2026, 11, 1)]),
            Some(PROTOCOL),
            false,
        ),
        (
            "to come",
            changed(&|w| w.days = [(2026, 12, 24), (2027, 11, 1)]),
            Some(PROTOCOL),
            false,
        ),
        (
            "for listening alone",
            changed(&|w| w.usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
            Some(PROTOCOL),
            false,
        ),
        ("another protocol", good.clone(), Some(b"h2"), false),
        ("no protocol", good, None, false),
    ];
    for (what, identity, protocol, heard) in table {
        let before = home.view().strangers_refused;
        let call = Caller::call(home.listen, identity.as_ref(), protocol);
        let first = call.ok().and_then(|mut caller| {
            // Whoever calls speaks first; to a stranger that is of no use.
            let _ = caller.write(&Frame::Hello(hello(5)).to_bytes());
            caller.hear()
        });
        assert_eq!(matches!(first, Some(Frame::Hello(_))), heard, "{what}");
        assert_eq!(first.is_some(), heard, "{what}");
        if !heard {
            until("it is counted", || {
                home.view().strangers_refused == before + 1
            });
        }
    }
}

#[test]
fn a_gate_takes_no_strangers_listener_for_a_peer() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let mut other = Gate::new(1, 3, &theirs);
    other.start();
    let mut gate = Gate::new(0, 3, &ours);
    gate.peers = vec![other.listen.to_string()];
    gate.start();
    until("it says why", || {
        let view = gate.view();
        let told = view.unreached.first();
        told.is_some_and(|(at, why)| *at == other.listen.to_string() && why.contains("certificate"))
    });
    assert_eq!(gate.view().peers.len(), 0);
    assert_eq!(other.view().peers.len(), 0);
    assert_eq!(gate.admit(ticket(1)), Mode::Home);
}

#[test]
fn a_gate_takes_part_with_its_own_certificate_alone() {
    let authority = Authority::new();
    let mut gate = Gate::new(1, 3, &authority);
    gate.identity = authority.enrol(device(2));
    assert!(matches!(gate.try_start(), Err(MeshError::OtherDevice(_))));
    gate.identity = Authority::new().enrol(device(1));
    gate.identity.authority = authority.enrol(device(1)).authority;
    assert!(matches!(gate.try_start(), Err(MeshError::Identity(_))));
    gate.identity = authority.enrol(device(1));
    gate.identity.key = authority.enrol(device(1)).key;
    assert!(matches!(gate.try_start(), Err(MeshError::Identity(_))));
    gate.identity = authority.enrol(device(1));
    gate.start();
    let mut second = Gate::new(2, 3, &authority);
    second.listen = gate.listen;
    assert!(matches!(second.try_start(), Err(MeshError::Listen { .. })));
}

#[test]
fn a_gate_whose_clock_is_years_off_joins_and_learns_the_time() {
    let authority = Authority::new();
    let mut home = Gate::new(0, 3, &authority);
    home.start();
    for years in [-3, 3] {
        let mut gate = Gate::new(1, 3, &authority);
        gate.peers = vec![home.listen.to_string()];
        gate.clock.set_wrong_by(years * 365 * 86_400_000);
        gate.start();
        until("they meet", || gate.ready() == 1 && home.ready() == 1);
        until("it knows the time", || {
            (gate.view().home_ms - home.view().home_ms).abs() < 1_000
        });
        gate.stop();
        until("it is gone", || home.ready() == 0);
    }
    // A home whose clock stands before its own certificate began is wrong, and still the home.
    home.stop();
    home.clock.set_wrong_by(-3 * 365 * 86_400_000);
    home.start();
    let mut gate = Gate::new(1, 3, &authority);
    gate.peers = vec![home.listen.to_string()];
    gate.start();
    until("they meet", || gate.ready() == 1 && home.ready() == 1);
}

#[test]
fn who_slipped_in_with_an_old_certificate_is_parted_with_once_the_time_is_known() {
    let authority = Authority::new();
    let mut wanted = Wanted::of(device(2));
    wanted.days = [(2026, 9, 1), (2026, 11, 1)];
    let mut old = Gate::new(2, 3, &authority);
    old.identity = authority.vouch(&wanted);
    let mut gate = Gate::new(1, 3, &authority);
    gate.start();
    old.peers = vec![gate.listen.to_string()];
    old.start();
    until("nobody knows better", || gate.ready() == 1);
    let mut home = Gate::new(0, 3, &authority);
    home.start();
    assert!(gate.mesh().dial(home.listen.to_string()));
    until("the home told the time", || {
        let view = gate.view();
        let peers: Vec<_> = view.peers.iter().map(|p| p.peer.device).collect();
        peers == [device(0)]
    });
    // What was over before the gate's own began is never believed.
    wanted.days = [(2024, 1, 1), (2025, 1, 1)];
    let mut alone = Gate::new(1, 3, &authority);
    alone.start();
    let ancient = authority.vouch(&wanted);
    let call = Caller::call(alone.listen, Some(&ancient), Some(PROTOCOL));
    assert!(call.ok().and_then(|mut caller| caller.hear()).is_none());
}

#[test]
fn a_device_of_another_event_or_name_is_told_so() {
    let authority = Authority::new();
    let mut home = Gate::new(0, 9, &authority);
    home.start();
    let identity = authority.enrol(device(5));
    let mut other_event = hello(5);
    other_event.event.0 = uuid::Uuid::from_u128(7);
    let newer = Hello {
        oldest: 7,
        newest: 9,
        ..hello(5)
    };
    for (said, code) in [
        (other_event, ByeCode::OtherEvent),
        (hello(6), ByeCode::OtherDevice),
        (newer, ByeCode::VersionsApart),
    ] {
        let mut caller = Caller::believed(home.listen, &identity);
        caller.write(&Frame::Hello(said).to_bytes()).unwrap();
        let mut last = None;
        while let Some(frame) = caller.hear() {
            last = Some(frame);
        }
        assert!(
            matches!(&last, Some(Frame::Bye(bye)) if bye.code == code),
            "{last:?}"
        );
        assert_eq!(home.view().parted, [(device(5), code)]);
    }
}

#[test]
fn a_revoked_device_learns_it_lets_nobody_in_and_is_left_out() {
    let authority = Authority::new();
    let mut gates = met_in(&authority, 3);
    gates[0].file.edit(&delta(1, Some(device(2)), &[]));
    gates[0].mesh().roster_changed();
    until("it is out", || {
        gates[..2].iter().all(|gate| gate.ready() == 1) && gates[2].ready() == 0
    });
    assert!(gates[2].news().contains(&News::Revoked));
    assert_eq!(
        gates[2].present(ticket(1)),
        Shown::Denied(DenyCode::Revoked)
    );
    // It forgets what it heard, and comes again.
    gates[2].stop();
    let mut again = Gate::new(2, 3, &authority);
    again.identity = gates[2].identity.clone();
    again.peers = gates[..2].iter().map(|g| g.listen.to_string()).collect();
    again.start();
    until("it is told again", || again.news().contains(&News::Revoked));
    assert_eq!(again.present(ticket(1)), Shown::Denied(DenyCode::Revoked));
    gates[1].admit(ticket(1));
    let view = gates[0].view();
    let mut met = view.peers.iter().filter(|peer| peer.peer.ready);
    assert!(met.all(|peer| peer.peer.device == device(1)), "{view:?}");
}

#[test]
fn a_device_that_the_roster_does_not_name_is_not_shown_it() {
    let authority = Authority::new();
    let mut gates = met_in(&authority, 2);
    gates[0].file.edit(&delta(1, None, b"Ada Lovelace"));
    gates[0].mesh().roster_changed();
    until("who is named has it", || gates[1].view().roster.number == 1);
    // Of two who say that they are one device, the gate would keep one.
    gates[1].stop();
    until("it is missed", || gates[0].view().peers.is_empty());
    for (n, shown) in [(1, true), (5, false)] {
        let mut caller = Caller::believed(gates[0].listen, &authority.enrol(device(n)));
        caller.write(&Frame::Hello(hello(n)).to_bytes()).unwrap();
        let ask = RosterAsk {
            after: hello(n).roster,
            snapshot: [0; 16],
            part: 0,
        };
        caller.write(&Frame::RosterAsk(ask).to_bytes()).unwrap();
        // What is answered after that.
        let have = Have {
            lives: Vec::new(),
            strangers: Vec::new(),
            notes: [0; 16],
            ask: true,
        };
        caller.write(&Frame::Have(have).to_bytes()).unwrap();
        let mut heard = Vec::new();
        while !matches!(heard.last(), Some(Frame::Have(have)) if !have.ask) {
            heard.push(caller.hear().unwrap());
        }
        let told = |frame: &Frame| matches!(frame, Frame::Deltas(_));
        assert_eq!(heard.iter().any(told), shown, "device {n}");
    }
}

#[test]
fn who_speaks_nonsense_is_parted_with_and_nobody_else_notices() {
    let authority = Authority::new();
    let gates = met_in(&authority, 2);
    let identity = authority.enrol(device(5));
    let mut garbage = vec![0; 4_000];
    for (at, byte) in garbage.iter_mut().enumerate() {
        *byte = (at * 31 % 251) as u8;
    }
    let mut whole = 64_u32.to_be_bytes().to_vec();
    whole.extend_from_slice(&[3; 64]);
    let table: [(&str, Vec<u8>); 6] = [
        ("an endless frame", vec![0xff; 4]),
        (
            "one byte too many",
            (512 * 1024 + 1_u32).to_be_bytes().to_vec(),
        ),
        ("an empty frame", vec![0; 4]),
        ("a damaged frame", whole),
        ("garbage", garbage),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: gate\r\n\r\n".to_vec()),
    ];
    for (n, (what, bytes)) in table.into_iter().enumerate() {
        let mut caller = Caller::believed(gates[0].listen, &identity);
        caller.write(&Frame::Hello(hello(5)).to_bytes()).unwrap();
        caller.write(&bytes).unwrap();
        let mut last = None;
        while let Some(frame) = caller.hear() {
            last = Some(frame);
        }
        assert!(
            matches!(&last, Some(Frame::Bye(bye)) if bye.code == ByeCode::BadFrame),
            "{what}: {last:?}"
        );
        until("it is gone", || gates[0].ready() == 1);
        gates[n % 2].admit_in_mesh(n as u128 * 1_000_000);
    }
    // One that ends in the middle of a frame.
    let mut caller = Caller::believed(gates[0].listen, &identity);
    caller.write(&Frame::Hello(hello(5)).to_bytes()).unwrap();
    until("it is there", || gates[0].view().peers.len() == 2);
    caller.write(&[0, 0, 1, 0, 7, 7]).unwrap();
    drop(caller);
    until("it is gone", || gates[0].view().peers.len() == 1);
}

#[test]
fn who_never_reads_is_parted_with_and_the_others_go_on() {
    let authority = Authority::new();
    let gates = met_in(&authority, 2);
    for n in 0..1_500 {
        gates[0].admit(ticket(n));
    }
    until("both have them", || gates[1].scans() == 1_500);
    let mut caller = Caller::believed(gates[0].listen, &authority.enrol(device(5)));
    caller.write(&Frame::Hello(hello(5)).to_bytes()).unwrap();
    until("it is there", || gates[0].ready() == 2);
    // It asks for everything, again and again, and reads nothing.
    for n in 0..200_u8 {
        let have = Have {
            lives: vec![Extent {
                life: Life {
                    device: device(7),
                    incarnation: 1,
                },
                upto: 1,
                held: u64::from(n),
                prefix: [n; 16],
                digest: [n; 16],
            }],
            strangers: Vec::new(),
            notes: [0; 16],
            ask: false,
        };
        if caller.write(&Frame::Have(have).to_bytes()).is_err() {
            break;
        }
        let beat = Beat {
            sent_us: 0,
            roster: RosterVersion::default(),
            digest: [0; 16],
            peers: Vec::new(),
        };
        if caller.write(&Frame::Beat(beat).to_bytes()).is_err() {
            break;
        }
    }
    until("it is gone", || gates[0].view().peers.len() == 1);
    let parted = gates[0].view().parted;
    let named = parted.iter().any(|(who, _)| *who == device(5));
    assert!(!named, "not for its silence: {parted:?}");
    gates[0].admit_in_mesh(9_999);
}

#[test]
fn two_thousand_connections_of_strangers_do_not_disturb_those_who_know_each_other() {
    let authority = Authority::new();
    let gates = met_in(&authority, 3);
    let over = AtomicBool::new(false);
    let claims = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut held = std::collections::VecDeque::new();
            for n in 0..2_000 {
                let Ok(mut stream) = TcpStream::connect(gates[n % 3].listen) else {
                    continue;
                };
                // Some say nothing, some begin a handshake, some speak something else.
                let said: &[u8] = match n % 3 {
                    0 => b"",
                    1 => b"\x16\x03\x01\x02\x00\x01",
                    _ => b"GET / HTTP/1.1\r\n\r\n",
                };
                let _ = stream.write_all(said);
                held.push_back(stream);
                if held.len() > 100 {
                    held.pop_front();
                }
            }
            over.store(true, Ordering::Relaxed);
        });
        let (mut claims, mut in_mesh) = (0, 0);
        while !over.load(Ordering::Relaxed) || claims < 50 {
            let mode = gates[claims % 3].admit(ticket(claims as u128));
            in_mesh += usize::from(mode == Mode::Mesh);
            claims += 1;
        }
        println!("{in_mesh} of {claims} claims were of mode mesh");
        assert!(in_mesh > 0);
        claims
    });
    until("all know all", || {
        gates.iter().all(|gate| gate.scans() == claims)
    });
    all_met(&gates);
    let refused: u64 = gates.iter().map(|g| g.view().strangers_refused).sum();
    assert!(refused > 1_000, "{refused} of 2,000 were refused");
    assert!(
        gates[0]
            .file
            .file()
            .scans
            .iter()
            .all(|s| s.record.event == EVENT)
    );
}
