//! What the office asks of its door, on a large event: first rows, a keystroke, every other read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use clap::Args;
use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{Issuing, Quiet};
use gatehouse_credential::key::KeyProfile;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Ground;

use crate::output::{self, say};

#[derive(Debug, Args)]
pub(crate) struct OfficeArgs {
    /// How many guests.
    #[arg(long, default_value_t = 100_000)]
    guests: usize,
    /// How often each question is asked.
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// What is typed, letter by letter.
const TYPED: [&str; 4] = ["novak", "guest99", "company 7", "zoë"];

/// Asks as the office does and tells how long the answers took.
pub(super) fn run(args: &OfficeArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let home = ground.event(KeyProfile::Ed25519)?;
    ground.import(&home, args.guests)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let desk = gatehouse_machine::random_text();
    let workspace = Arc::clone(&ground.workspace);
    let router = Office::new(workspace, Pages::none(), DeskKey::new(desk.clone()), None)
        .router(AllowedHosts::loopback(8030));
    let asker = Asker { router, desk };
    let base = format!("/api/events/{}", home.id());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let measured = runtime.block_on(asker.measure(&base, args.times))?;
    let shown: Vec<Value> = measured
        .iter()
        .map(|(name, p50, p99)| json!({"question": name, "p50_ms": p50, "p99_ms": p99}))
        .collect();
    if args.json {
        return output::print_json(&json!({
            "guests": args.guests,
            "questions": shown,
            "peak_mb": super::peak_rss_mb(),
        }));
    }
    say!("{} guests", output::count(args.guests));
    for (name, p50, p99) in measured {
        say!("  {name:32} p50 {p50:>8.2} ms   p99 {p99:>8.2} ms");
    }
    Ok(())
}

struct Asker {
    router: Router,
    desk: String,
}

impl Asker {
    async fn ask(&self, path: &str) -> anyhow::Result<(Duration, Value)> {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "localhost:8030")
            .header(header::AUTHORIZATION, format!("Desk {}", self.desk))
            .body(Body::empty())?;
        let begun = Instant::now();
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 26).await?;
        let took = begun.elapsed();
        ensure!(status.is_success(), "{path}: {status}");
        Ok((took, serde_json::from_slice(&body)?))
    }

    async fn measure(
        &self,
        base: &str,
        times: usize,
    ) -> anyhow::Result<Vec<(&'static str, f64, f64)>> {
        // Nothing of the list was read before this.
        let (cold, rows) = self.ask(&format!("{base}/guests?limit=100")).await?;
        let first = rows["items"][0].clone();
        let mut found = vec![(
            "first rows, list not read before",
            millis(cold),
            millis(cold),
        )];
        let id = |field: &str| {
            first[field]
                .as_str()
                .map(str::to_owned)
                .with_context(|| field.to_owned())
        };
        let invitation = id("invitation_id")?;
        let ticket = id("ticket_id")?;
        let guest = id("id")?;
        let mut keystrokes = Vec::new();
        for typed in TYPED {
            let letters: Vec<char> = typed.chars().collect();
            for end in 1..=letters.len() {
                let text: String = letters[..end].iter().collect();
                let text = text.replace(' ', "+").replace('ë', "%C3%AB");
                let path = format!("{base}/guests?limit=100&sort=name&q={text}");
                for _ in 0..(times / 20).max(1) {
                    keystrokes.push(self.ask(&path).await?.0);
                }
            }
        }
        found.push(spread("keystroke to rows", keystrokes));
        for (name, path) in [
            ("first rows", format!("{base}/guests?limit=100")),
            (
                "first rows by name",
                format!("{base}/guests?limit=100&sort=name"),
            ),
            (
                "rows of one standing",
                format!("{base}/guests?limit=100&standing=ticketed"),
            ),
            ("one guest", format!("/api/guests/{guest}")),
            ("the event", base.to_owned()),
            ("all events", "/api/events".to_owned()),
            ("invitations", format!("{base}/invitations?limit=100")),
            ("one invitation", format!("/api/invitations/{invitation}")),
            ("tickets", format!("{base}/tickets?limit=100")),
            ("one ticket", format!("/api/tickets/{ticket}")),
            ("history", format!("{base}/audit?limit=100")),
            ("who asks", "/api/auth/me".to_owned()),
        ] {
            let mut took = Vec::with_capacity(times);
            for _ in 0..times {
                took.push(self.ask(&path).await?.0);
            }
            found.push(spread(name, took));
        }
        Ok(found)
    }
}

fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 100_000.0).round() / 100.0
}

fn spread(name: &'static str, mut took: Vec<Duration>) -> (&'static str, f64, f64) {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() as f64 * share) as usize).min(took.len() - 1)];
    (name, millis(at(0.5)), millis(at(0.99)))
}
