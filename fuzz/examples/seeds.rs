//! Writes `seeds/`, where each target begins: `cargo run --example seeds` in this folder. All of
//! it is invented. The recovery kit is another on every run, the rest is the same.

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use gatehouse_credential::qr::{GreyImage, QrCode};
use gatehouse_credential::recovery::RecoveryKit;
use gatehouse_credential::token::Token;
use gatehouse_domain::admission::Code;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, WorkspaceId, ZoneId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use gatehouse_fuzz::{EVENT, OTHER_EVENT, claims, event_key, key, signed, vault};
use gatehouse_mesh::wire::{Beat, Bye, ByeCode, Claim, Frame, Hello, Role, RosterVersion, Want};
use gatehouse_sheet::write_xlsx;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    write_tokens()?;
    write_pictures()?;
    write_lists()?;
    write_records()?;
    write_videos()?;
    write_frames()?;
    let (kit, code) = RecoveryKit::create(
        WorkspaceId(Uuid::from_u128(7)),
        event_key(),
        &vault(),
        1_795_000_000,
    );
    write("recovery_kit", "kit.txt", kit.to_text())?;
    write("recovery_kit", "code.txt", code.to_text().as_str())?;
    for (name, text) in [
        ("digits", "0123456789"),
        ("alphanumeric", "GH1:ABC $%*+-./:"),
        ("ascii", "https://example.org/?q=a b"),
        ("unicode", "Zoë Šlâpfer-O’Neill 王"),
        ("backslashes", "\\000026 ]Q1 \u{1d}\0"),
    ] {
        write("qr_text", name, text)?;
    }
    for (name, text) in [
        ("typed", "GH1:ABC\r\nGH1:DEF\r"),
        ("identified", "]Q1\\000026GH1:ABC\n"),
        ("escaped", "]Q2a\\\\b\\000003c\x03"),
        ("link", "https://user@example.org:8080/x\0"),
        (
            "boarding",
            "M1DOE/ALEX            EABC123 VIEZRHOS 0564 187Y012A0042 100\r",
        ),
    ] {
        write("scanner", name, text)?;
    }
    Ok(())
}

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)?;
    Ok(())
}

fn write_tokens() -> Result<(), Box<dyn Error>> {
    let mut elsewhere = claims()[0].clone();
    elsewhere.event = OTHER_EVENT;
    let tokens = [
        ("slim", signed()[0].clone()),
        ("full", signed()[1].clone()),
        ("elsewhere", Token::sign(&key(2), &elsewhere)?),
        ("revoked", Token::sign(&key(3), &claims()[0])?),
        ("unknown", Token::sign(&key(9), &claims()[0])?),
    ];
    for (name, token) in &tokens {
        write("token", &format!("{name}.jwt"), token.jwt())?;
        write("token", &format!("{name}.gh1"), token.compact())?;
        write("compact", &format!("{name}.bin"), token.to_bytes())?;
        write("compact", &format!("{name}.gh1"), token.compact())?;
        write("claims", &format!("{name}.json"), token.payload())?;
    }
    write(
        "token",
        "reader.txt",
        format!("]Q1\\000026{}\r\n", signed()[0].compact()),
    )
}

fn write_pictures() -> Result<(), Box<dyn Error>> {
    let code = QrCode::encode("GH1:SEED")?;
    write("picture", "code.png", code.to_png(2, 4)?)?;
    let GreyImage {
        width,
        height,
        luma,
    } = code.to_grey(3, 4)?;
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, 60).write_image(
        &luma,
        width,
        height,
        ExtendedColorType::L8,
    )?;
    write("picture", "code.jpg", jpeg.into_inner())?;
    let small = code.to_grey(2, 4)?;
    for effort in [0, 9, 15_u8] {
        let mut frame = Vec::new();
        for side in [small.width, small.height, small.width] {
            frame.extend_from_slice(&u16::try_from(side)?.to_be_bytes());
        }
        frame.push(effort);
        frame.extend_from_slice(&small.luma);
        write("frame", &format!("code-{effort}.bin"), frame)?;
    }
    write(
        "frame",
        "stripes.bin",
        b"\x00\x60\x00\x40\x00\x60\x0f\x00\x00\x00\xff\xff\xff\x00",
    )
}

fn write_videos() -> Result<(), Box<dyn Error>> {
    let frame = |grey: u8| -> Result<Vec<u8>, Box<dyn Error>> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 60).write_image(
            &[grey; 24 * 16],
            24,
            16,
            ExtendedColorType::L8,
        )?;
        Ok(jpeg)
    };
    let (first, second) = (frame(60)?, frame(180)?);
    let between = b"--edge\r\nContent-Type: image/jpeg\r\n\r\n";
    write("video", "two.mjpeg", [&first[..], &second].concat())?;
    let parts = [
        &between[..],
        &first,
        b"\r\n",
        between,
        &second,
        b"\r\n--edge--",
    ];
    write("video", "multipart.mjpeg", parts.concat())?;
    write("video", "cut.mjpeg", &first[..first.len() - 9])?;
    for (chroma, colour) in [
        ("420jpeg", 4 * 2),
        ("422", 8 * 2),
        ("444", 8 * 4),
        ("mono", 0),
    ] {
        let head = format!("YUV4MPEG2 W4 H4 F25:1 Ip A1:1 C{chroma}\n");
        let frame = [&b"FRAME\n"[..], &[90; 16], &vec![128; colour]].concat();
        let video = [head.as_bytes(), &frame, &frame].concat();
        write("video", &format!("{chroma}.y4m"), video)?;
    }
    Ok(())
}

fn write_lists() -> Result<(), Box<dyn Error>> {
    const HEADER: [&str; 6] = ["Name", "E-mail", "Phone", "Ticket type", "Seat", "Guests"];
    const ROWS: [[&str; 6]; 4] = [
        [
            "Ada Okonkwo",
            "ada@example.org",
            "+44 7700 900123",
            "VIP",
            "A1",
            "2",
        ],
        [
            "Zoë Šlâpfer-O’Neill",
            "zoe@example.org",
            "",
            "Standard",
            "A2",
            "1",
        ],
        ["Noor Baker", "not an address", "12", "", "A2", "99"],
        ["Ada Okonkwo", "ada@example.org", "", "VIP", "", ""],
    ];
    let text = |separator: &str| {
        let mut lines = vec![HEADER.join(separator)];
        lines.extend(ROWS.iter().map(|row| row.join(separator)));
        lines.join("\r\n")
    };
    write("guest_list", "comma.csv", text(","))?;
    write("guest_list", "semicolon.csv", text(";"))?;
    write("guest_list", "tab.tsv", format!("\u{feff}{}", text("\t")))?;
    write(
        "guest_list",
        "title.csv",
        format!("Gala 2026,,\n\n{}\n", text(",")),
    )?;
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text(",").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    write("guest_list", "utf16.csv", utf16)?;
    write(
        "guest_list",
        "latin1.csv",
        b"Nombre;Apellido;Empresa\nJos\xe9;N\xfa\xf1ez;\"Caf\xe9; Luz\"\nOlu;\"Ng",
    )?;
    write(
        "guest_list",
        "headerless.txt",
        "Theo Rossi\nInes Martin\nTheo Rossi\n",
    )?;
    let mut book = Cursor::new(Vec::new());
    write_xlsx(&mut book, "Guests", &HEADER, ROWS)?;
    write("guest_list", "book.xlsx", book.into_inner())
}

fn write_records() -> Result<(), Box<dyn Error>> {
    let entry = ScanRecord {
        event: EVENT,
        device: DeviceId(Uuid::from_u128(2)),
        incarnation: 1,
        sequence: 7,
        ticket: Some(TicketId(Uuid::from_u128(3))),
        version: 2,
        session: Some(SessionId(Uuid::from_u128(4))),
        day: 20_261_121,
        zone: Some(ZoneId(Uuid::from_u128(5))),
        direction: Direction::Entry,
        verdict: Verdict::Admitted,
        code: Code::Admitted,
        mode: Mode::Home,
        nonce: [5; 16],
        device_ms: 1_795_000_000_123,
        clock: HybridClock {
            wall_ms: 1_795_000_000_100,
            counter: 3,
        },
        uncertainty_ms: 20,
        previous: [9; 32],
        undoes: None,
    };
    let refused = ScanRecord {
        ticket: None,
        session: None,
        zone: None,
        direction: Direction::Exit,
        verdict: Verdict::Refused,
        code: Code::Malformed,
        mode: Mode::Alone,
        ..entry.clone()
    };
    write("scan_record", "entry.bin", entry.to_bytes())?;
    write("scan_record", "refused.bin", refused.to_bytes())
}

/// What two gates of the mesh say to each other.
fn write_frames() -> Result<(), Box<dyn Error>> {
    let device = DeviceId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0000_0000_0007));
    let roster = RosterVersion {
        epoch: 1,
        number: 70_000,
    };
    let hello = Frame::Hello(Hello {
        oldest: 1,
        newest: 1,
        event: EVENT,
        device,
        incarnation: 1,
        role: Role::Gate,
        roster,
        heard: true,
    });
    let beat = Frame::Beat(Beat {
        sent_us: 1_000_000,
        roster,
        digest: [7; 16],
        peers: vec![device],
    });
    let claim = Frame::Claim(Claim {
        nonce: [5; 16],
        want: Want::Enter,
        ticket: TicketId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0000_0000_0008)),
        session: None,
        zone: None,
        day: 20_261_121,
        policy: ReEntry::AfterExit,
        clock: HybridClock {
            wall_ms: 1_795_000_000_100,
            counter: 3,
        },
        seen: vec![[6; 16]],
        asked: vec![device],
    });
    let bye = Frame::Bye(Bye {
        code: ByeCode::Silent,
        oldest: 1,
        newest: 1,
    });
    let frames = [hello, beat, claim, bye];
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::to_bytes).collect();
    write("mesh_frame", "connection.bin", bytes)
}
