//! What codes cost: signing, verifying, writing, drawing and reading them.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_credential::qr::scene::{Condition, photograph};
use gatehouse_credential::qr::{Effort, GreyImage, QrCode, decode};
use gatehouse_credential::token::Token;
use gatehouse_credential::verify::{KeyEntry, KeyStatus, Verifier};
use gatehouse_domain::id::{EventId, TicketId};
use uuid::Uuid;

const EVENT: EventId = EventId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0123_4567_89ab));
const TICKET: TicketId = TicketId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_fedc_ba98_7654));

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let keys = [
        KeyProfile::Rsa2048,
        KeyProfile::Rsa4096,
        KeyProfile::Ed25519,
    ]
    .map(|profile| SigningKey::generate(profile).expect("the machine has random numbers"));
    measure_tokens(&mut criterion, &keys);
    measure_codes(&mut criterion, &keys[0]);
    criterion.final_summary();
}

fn slim(key: &SigningKey) -> Token {
    let claims = TicketClaims {
        ticket: TICKET,
        version: 1,
        event: EVENT,
        issued_at: 1_795_000_000,
        not_before: 1_795_000_000,
        expires_at: 1_795_086_400,
        full: None,
    };
    Token::sign(key, &claims).expect("slim claims are short")
}

fn measure_tokens(criterion: &mut Criterion, keys: &[SigningKey]) {
    let mut group = criterion.benchmark_group("token");
    group.throughput(Throughput::Elements(1));
    for key in keys {
        let name = key.profile().name();
        let token = slim(key);
        let text = token.compact();
        let verifier = Verifier::new(
            EVENT,
            [KeyEntry {
                key: key.public().clone(),
                event: EVENT,
                status: KeyStatus::Active,
            }],
        );
        assert!(verifier.verify(&text).is_ok());
        group.bench_function(format!("sign {name}"), |b| b.iter(|| slim(black_box(key))));
        group.bench_function(format!("verify {name}"), |b| {
            b.iter(|| verifier.verify(black_box(&text)));
        });
        group.bench_function(format!("write compact {name}"), |b| {
            b.iter(|| black_box(&token).compact());
        });
    }
    group.finish();
}

fn measure_codes(criterion: &mut Criterion, key: &SigningKey) {
    let text = slim(key).compact();
    let code = QrCode::encode(&text).expect("a slim token fits");
    let mut group = criterion.benchmark_group("code");
    group.throughput(Throughput::Elements(1));
    group.bench_function(format!("draw {} modules", code.size), |b| {
        b.iter(|| QrCode::encode(black_box(&text)));
    });
    group.bench_function("draw, mask 0 whatever it looks like", |b| {
        b.iter(|| QrCode::encode_with_mask(black_box(&text), 0));
    });
    let clean = held_up(&code);
    assert!(reads(&clean, Effort::Quick, &text));
    group.bench_function("read 720p clean, quick", |b| {
        b.iter(|| look(&clean, Effort::Quick));
    });
    // The first of the camera's worst frames that one pass leaves unread and a second reads.
    let hard = (0..200)
        .map(|seed| photograph(&code, Condition::Mixed, seed))
        .find(|frame| !reads(frame, Effort::Quick, &text) && reads(frame, Effort::Normal, &text))
        .expect("some frame needs a second pass");
    for (name, effort) in [
        ("quick, in vain", Effort::Quick),
        ("normal", Effort::Normal),
    ] {
        group.bench_function(format!("read 720p hard, {name}"), |b| {
            b.iter(|| look(&hard, effort));
        });
    }
    group.finish();
}

/// A frame of 720p with the code in its middle, as a telephone's screen shows it.
fn held_up(code: &QrCode) -> GreyImage {
    const WIDTH: usize = 1280;
    const HEIGHT: usize = 720;
    let shown = code.to_grey(6, 4).expect("a small picture");
    let side = shown.width as usize;
    let (left, top) = ((WIDTH - side) / 2, (HEIGHT - side) / 2);
    let mut luma = vec![90; WIDTH * HEIGHT];
    for (y, row) in shown.luma.chunks_exact(side).enumerate() {
        luma[(top + y) * WIDTH + left..][..side].copy_from_slice(row);
    }
    GreyImage {
        width: WIDTH as u32,
        height: HEIGHT as u32,
        luma,
    }
}

fn look(frame: &GreyImage, effort: Effort) -> usize {
    decode(&frame.as_frame().expect("a frame of 720p"), effort).len()
}

fn reads(frame: &GreyImage, effort: Effort, text: &str) -> bool {
    let frame = frame.as_frame().expect("a frame of 720p");
    decode(&frame, effort)
        .iter()
        .any(|found| found.text == text)
}
