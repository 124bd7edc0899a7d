use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::HybridClock;
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::note::{Note, Outcome, SignedNote};
use crate::scans::{Extent, Life, SignedScan};

fn uuid() -> impl Strategy<Value = Uuid> {
    (1_u128..).prop_map(Uuid::from_u128)
}

fn device() -> impl Strategy<Value = DeviceId> {
    uuid().prop_map(DeviceId)
}

fn clock() -> impl Strategy<Value = HybridClock> {
    any::<(i64, u32)>().prop_map(|(wall_ms, counter)| HybridClock { wall_ms, counter })
}

fn zone() -> impl Strategy<Value = Option<ZoneId>> {
    proptest::option::of(uuid().prop_map(ZoneId))
}

fn version() -> impl Strategy<Value = RosterVersion> {
    any::<(u32, u64)>().prop_map(|(epoch, number)| RosterVersion { epoch, number })
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

fn scan() -> impl Strategy<Value = SignedScan> {
    (any::<[u8; 16]>(), clock(), 1_u64.., bytes(80)).prop_map(
        |(nonce, clock, sequence, signature)| {
            let record = gatehouse_domain::scan::ScanRecord {
                nonce,
                clock,
                sequence,
                ..crate::sim::a_record()
            };
            SignedScan {
                signed: record.to_bytes(),
                record,
                signature,
            }
        },
    )
}

fn delta() -> impl Strategy<Value = Delta> {
    (
        version(),
        proptest::option::of(device()),
        bytes(60),
        bytes(60),
    )
        .prop_map(|(version, revokes, body, signature)| Delta {
            version,
            revokes,
            body,
            signature,
        })
}

fn extent() -> impl Strategy<Value = Extent> {
    (device(), any::<(u32, u64, u64, [u8; 16], [u8; 16])>()).prop_map(
        |(device, (incarnation, upto, held, prefix, digest))| Extent {
            life: Life {
                device,
                incarnation,
            },
            upto,
            held,
            prefix,
            digest,
        },
    )
}

fn claim() -> impl Strategy<Value = Claim> {
    let want = prop_oneof![Just(Want::Enter), Just(Want::Leave), Just(Want::TakeBack)];
    let policy = (0..ReEntry::ALL.len()).prop_map(|n| ReEntry::ALL[n]);
    let session = proptest::option::of(uuid().prop_map(SessionId));
    let lists = (vec(any::<[u8; 16]>(), 0..5), vec(device(), 0..5));
    (
        (any::<[u8; 16]>(), want, uuid(), session, zone()),
        (any::<u32>(), policy, clock(), lists),
    )
        .prop_map(
            |((nonce, want, ticket, session, zone), (day, policy, clock, (seen, asked)))| Claim {
                nonce,
                want,
                ticket: TicketId(ticket),
                session,
                zone,
                day,
                policy,
                clock,
                seen,
                asked,
            },
        )
}

fn note() -> impl Strategy<Value = SignedNote> {
    (any::<[u8; 16]>(), clock(), device(), ".{0,40}", bytes(70)).prop_map(
        |(double, clock, device, text, signature)| SignedNote {
            note: Note {
                event: EventId(Uuid::from_u128(1)),
                double,
                clock,
                device,
                outcome: Outcome::LetStay,
                text,
            },
            signature,
        },
    )
}

/// Every kind of frame.
pub(crate) fn frame() -> impl Strategy<Value = Frame> {
    let hello = (
        any::<(u16, u16, u32, bool, bool)>(),
        uuid(),
        device(),
        version(),
    )
        .prop_map(
            |((oldest, newest, incarnation, home, heard), event, device, roster)| {
                Frame::Hello(Hello {
                    oldest,
                    newest,
                    event: EventId(event),
                    device,
                    incarnation,
                    role: if home { Role::Home } else { Role::Gate },
                    roster,
                    heard,
                })
            },
        );
    let bye = (0..ByeCode::ALL.len(), any::<(u16, u16)>()).prop_map(|(code, (oldest, newest))| {
        Frame::Bye(Bye {
            code: ByeCode::ALL[code],
            oldest,
            newest,
        })
    });
    let beat = (any::<(u64, [u8; 16])>(), version(), vec(device(), 0..5)).prop_map(
        |((sent_us, digest), roster, peers)| {
            Frame::Beat(Beat {
                sent_us,
                roster,
                digest,
                peers,
            })
        },
    );
    let echo = any::<(u64, i64, i64, u32, i64)>().prop_map(
        |(sent_us, received_ms, echoed_ms, uncertainty_ms, device_ms)| {
            Frame::Echo(Echo {
                sent_us,
                received_ms,
                echoed_ms,
                uncertainty_ms,
                device_ms,
            })
        },
    );
    let have = (
        vec(extent(), 0..5),
        vec(device(), 0..5),
        any::<([u8; 16], bool)>(),
    )
        .prop_map(|(lives, strangers, (notes, ask))| {
            Frame::Have(Have {
                lives,
                strangers,
                notes,
                ask,
            })
        });
    let scans = (vec(scan(), 0..4), any::<bool>())
        .prop_map(|(scans, more)| Frame::Scans(Scans { scans, more }));
    let denial = (0..DenyCode::ALL.len(), device(), zone(), clock()).prop_map(
        |(code, device, zone, clock)| Denial {
            code: DenyCode::ALL[code],
            device,
            zone,
            clock,
        },
    );
    let answer = (
        any::<[u8; 16]>(),
        proptest::option::of(denial),
        vec(scan(), 0..3),
    )
        .prop_map(|(nonce, denial, unseen)| {
            Frame::Answer(Answer {
                nonce,
                denial,
                unseen,
            })
        });
    let ask = (version(), any::<([u8; 16], u32)>()).prop_map(|(after, (snapshot, part))| {
        Frame::RosterAsk(RosterAsk {
            after,
            snapshot,
            part,
        })
    });
    let part = (
        (version(), any::<(u64, [u8; 32], u32)>()),
        vec(delta(), 0..3),
        bytes(60),
        bytes(200),
    )
        .prop_map(
            |((version, (length, hash, part)), revocations, signature, bytes)| {
                Frame::SnapshotPart(SnapshotPart {
                    head: SnapshotHead {
                        version,
                        length,
                        hash,
                        revocations,
                        signature,
                    },
                    part,
                    bytes,
                })
            },
        );
    let lease =
        (any::<(u64, u32, i64)>(), zone()).prop_map(|((number, shares, until_ms), zone)| {
            Frame::Lease(Lease {
                number,
                zone,
                shares,
                until_ms,
            })
        });
    prop_oneof![
        hello,
        bye,
        beat,
        echo,
        have,
        scans,
        claim().prop_map(Frame::Claim),
        answer,
        any::<[u8; 16]>().prop_map(|nonce| Frame::Release(Release { nonce })),
        ask,
        vec(delta(), 0..4).prop_map(|deltas| Frame::Deltas(Deltas { deltas })),
        part,
        (zone(), any::<u32>()).prop_map(|(zone, want)| Frame::LeaseAsk(LeaseAsk { zone, want })),
        lease,
        any::<(u64, u32)>().prop_map(|(number, back)| Frame::Settle(Settle { number, back })),
        any::<u64>().prop_map(|number| Frame::Settled(Settled { number })),
        vec(note(), 0..3).prop_map(|notes| Frame::Notes(Notes { notes })),
    ]
}

proptest! {
    #[test]
    fn a_frame_reads_as_it_was_written(frame in frame(), tail in bytes(20)) {
        let bytes = frame.to_bytes();
        prop_assert_eq!(Frame::from_body(&bytes[4..]), Ok(frame.clone()));
        let stream = [bytes.clone(), tail].concat();
        prop_assert_eq!(Frame::take(&stream), Ok(Some((frame, bytes.len()))));
    }

    #[test]
    fn a_frame_that_is_cut_or_goes_on_is_refused(frame in frame(), cut in any::<prop::sample::Index>()) {
        let bytes = frame.to_bytes();
        let cut = cut.index(bytes.len());
        prop_assert_eq!(Frame::take(&bytes[..cut]), Ok(None));
        if cut > 4 {
            prop_assert!(Frame::from_body(&bytes[4..cut]).is_err());
        }
        let longer = [&bytes[4..], &[0]].concat();
        prop_assert!(Frame::from_body(&longer).is_err());
    }

    #[test]
    fn any_bytes_are_a_frame_or_an_error(kind in 0_u8..20, body in bytes(600)) {
        let _ = Frame::take(&body);
        let body = [vec![kind], body].concat();
        if let Ok(frame) = Frame::from_body(&body) {
            // One message has one writing.
            let unknown = matches!(frame, Frame::Unknown(_));
            prop_assert!(unknown || frame.to_bytes()[4..] == body[..]);
        }
    }

    #[test]
    fn a_frame_with_a_bit_turned_never_panics(frame in frame(), at in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let mut bytes = frame.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let _ = Frame::take(&bytes);
    }
}

#[test]
fn lengths_are_held_against_their_limits_before_anything_is_read() {
    let stream = (MOST_FRAME_BYTES as u32 + 1).to_be_bytes();
    assert_eq!(Frame::take(&stream), Err(FrameError::TooLarge));
    // A list of scans that says it has 65,535.
    assert_eq!(
        Frame::from_body(&[6, 0xff, 0xff]),
        Err(FrameError::TooLarge)
    );
    // A record that says it has 4 GiB.
    let body = [6, 0, 1, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(Frame::from_body(&body), Err(FrameError::TooLarge));
    assert_eq!(Frame::from_body(b"\x01GHMOSH"), Err(FrameError::NotOurs));
    assert_eq!(Frame::from_body(&[]), Err(FrameError::Damaged));
    assert_eq!(Frame::from_body(&[200, 1, 2]), Ok(Frame::Unknown(200)));
}

fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| line.iter().map(|b| format!("{b:02x}")).collect::<String>();
    bytes.chunks(16).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn frames_are_written_in_these_bytes_and_no_others() {
    let device = |n| DeviceId(Uuid::from_u128(n));
    let roster = RosterVersion {
        epoch: 2,
        number: 41,
    };
    let clock = HybridClock {
        wall_ms: 1_795_000_000_100,
        counter: 3,
    };
    let record = crate::sim::a_record();
    let scan = SignedScan {
        signed: record.to_bytes(),
        record,
        signature: vec![0xaa; 64],
    };
    let life = Life {
        device: device(2),
        incarnation: 1,
    };
    let frames = [
        Frame::Hello(Hello {
            oldest: 1,
            newest: 1,
            event: EventId(Uuid::from_u128(1)),
            device: device(2),
            incarnation: 1,
            role: Role::Gate,
            roster,
            heard: true,
        }),
        Frame::Bye(Bye {
            code: ByeCode::VersionsApart,
            oldest: 1,
            newest: 1,
        }),
        Frame::Beat(Beat {
            sent_us: 1_000_000,
            roster,
            digest: [7; 16],
            peers: vec![device(3)],
        }),
        Frame::Echo(Echo {
            sent_us: 1_000_000,
            received_ms: 1_795_000_000_100,
            echoed_ms: 1_795_000_000_101,
            uncertainty_ms: 12,
            device_ms: 1_795_000_004_100,
        }),
        Frame::Have(Have {
            lives: vec![Extent {
                life,
                upto: 7,
                held: 7,
                prefix: [1; 16],
                digest: [1; 16],
            }],
            strangers: vec![device(9)],
            notes: [0; 16],
            ask: true,
        }),
        Frame::Scans(Scans {
            scans: vec![scan],
            more: false,
        }),
        Frame::Claim(Claim {
            nonce: [5; 16],
            want: Want::Enter,
            ticket: TicketId(Uuid::from_u128(3)),
            session: None,
            zone: None,
            day: 20_261_121,
            policy: ReEntry::Single,
            clock,
            seen: vec![[6; 16]],
            asked: vec![device(3)],
        }),
        Frame::Answer(Answer {
            nonce: [5; 16],
            denial: Some(Denial {
                code: DenyCode::Used,
                device: device(3),
                zone: None,
                clock,
            }),
            unseen: Vec::new(),
        }),
        Frame::Release(Release { nonce: [5; 16] }),
        Frame::RosterAsk(RosterAsk {
            after: roster,
            snapshot: [0; 16],
            part: 0,
        }),
        Frame::Deltas(Deltas {
            deltas: vec![Delta {
                version: roster,
                revokes: Some(device(2)),
                body: Vec::new(),
                signature: vec![0xbb; 4],
            }],
        }),
        Frame::SnapshotPart(SnapshotPart {
            head: SnapshotHead {
                version: roster,
                length: 3,
                hash: [8; 32],
                revocations: Vec::new(),
                signature: vec![0xcc; 4],
            },
            part: 0,
            bytes: vec![1, 2, 3],
        }),
        Frame::LeaseAsk(LeaseAsk {
            zone: None,
            want: 10,
        }),
        Frame::Lease(Lease {
            number: 1,
            zone: None,
            shares: 10,
            until_ms: 1_795_000_060_000,
        }),
        Frame::Settle(Settle { number: 1, back: 4 }),
        Frame::Settled(Settled { number: 1 }),
        Frame::Notes(Notes {
            notes: vec![SignedNote {
                note: Note {
                    event: EventId(Uuid::from_u128(1)),
                    double: [5; 16],
                    clock,
                    device: device(2),
                    outcome: Outcome::AskedToLeave,
                    text: "went to the desk".to_owned(),
                },
                signature: vec![0xdd; 4],
            }],
        }),
    ];
    let written: Vec<String> = frames
        .iter()
        .map(|frame| {
            let name = format!("{frame:?}");
            let name = name.split('(').next().unwrap_or_default();
            format!("{name}\n{}", hex(&frame.to_bytes()))
        })
        .collect();
    insta::assert_snapshot!(written.join("\n\n"));
}
