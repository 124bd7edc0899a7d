//! How many messages a second one core personalizes and writes, each with a code of its own and
//! a PDF of 30 KB: `cargo run --release -p gatehouse-mail --example measure`.

#![allow(clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Instant;

use gatehouse_domain::delivery::MessageKind;
use gatehouse_mail::gallery;
use gatehouse_mail::letter::{Attachment, Inline, Unsubscribe};
use gatehouse_mail::{Address, Letter, Mailbox, Signer, Template, Verp};
use uuid::Uuid;

const MESSAGES: u128 = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let template = Template::compile(gallery::source(MessageKind::Ticket, "en"))?;
    println!("compiled in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let verp = Verp::new(&Address::read("bounces@mail.example.org")?, b"a key")?;
    let signer = Signer::new("library.example", "gate1", &Signer::generate_key()?)?;
    let pdf: Arc<[u8]> = (0..30_000_u32).map(|n| (n * 7) as u8).collect();
    let code: Arc<[u8]> = (0..1_500_u32).map(|n| (n * 3) as u8).collect();
    let mut values = gallery::sample_vars();
    let mut bytes = 0;
    for (name, signer) in [("plain", None), ("signed with RSA-2048", Some(&signer))] {
        let begun = Instant::now();
        for number in 0..MESSAGES {
            let id = Uuid::from_u128(number);
            values["guest"]["first_name"] = format!("Guest {number}").into();
            let message = template.render(&values)?;
            let to = Address::read(&format!("guest{number}@guest.example"))?;
            let letter = Letter {
                id: verp.message_id(id),
                from: Mailbox::new(
                    "Friends of the Library",
                    Address::read("hello@library.example")?,
                ),
                reply_to: None,
                to: Mailbox::new("Zoë Example", to),
                return_path: verp.address(id),
                subject: message.subject,
                text: message.text,
                html: message.html,
                inline: ["code1", "code2", "logo"]
                    .map(|cid| Inline {
                        cid: cid.to_owned(),
                        media_type: "image/png".to_owned(),
                        bytes: code.clone(),
                    })
                    .to_vec(),
                attachments: vec![Attachment {
                    name: "tickets.pdf".to_owned(),
                    media_type: "application/pdf".to_owned(),
                    bytes: pdf.clone(),
                }],
                calendar: None,
                unsubscribe: Some(Unsubscribe {
                    url: "https://tickets.example.org/p/k7Qf2/unsubscribe".to_owned(),
                    mailto: None,
                }),
                language: "en".to_owned(),
                date_ms: 1_812_000_000_000,
                auto: true,
            };
            bytes = letter.to_bytes(signer)?.len();
        }
        let rate = MESSAGES as f64 / begun.elapsed().as_secs_f64();
        println!(
            "{name}: {rate:.0} messages a second, {} KB each",
            bytes / 1024
        );
    }
    Ok(())
}
