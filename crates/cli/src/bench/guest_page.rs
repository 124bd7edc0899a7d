//! How soon a guest's page begins to arrive, at a steady rate over real connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use gatehouse_api::routes::{AllowedHosts, Office, Pages};
use gatehouse_api::{Issuing, Quiet};
use gatehouse_credential::key::KeyProfile;
use serde_json::json;
use tokio::net::TcpSocket;

use super::Ground;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct GuestPageArgs {
    /// How many guests are invited.
    #[arg(long, default_value_t = 10_000)]
    guests: usize,
    /// Pages asked for in a second.
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
}

/// The most of an answer's beginning that is looked at.
const BEGINNING: usize = 512;

/// Asks for guests' pages, each over a connection of its own and from an address of its own, and
/// prints one JSON line.
pub(super) fn run(args: &GuestPageArgs) -> anyhow::Result<()> {
    ensure!(args.rate > 0 && args.seconds > 0, "give a rate and a time");
    let ground = Ground::new(&std::env::temp_dir())?;
    let home = ground.event(KeyProfile::Ed25519)?;
    ground.import(&home, args.guests)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let codes: Vec<String> = home
        .file()
        .read(|view| view.invitations())
        .map_err(gatehouse_api::Problem::from)?
        .into_iter()
        .map(|invitation| invitation.code)
        .collect();
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let office = Office::new(Arc::clone(&ground.workspace), Pages::none(), None, None);
    let router = office.router(AllowedHosts::loopback(address.port()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut took = runtime.block_on(async {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum_server::from_tcp(listener)?;
        tokio::spawn(async move { server.serve(service).await });
        // The first page is put together more slowly than all others.
        first_byte(address, &codes[0], 0).await?;
        ask_all(args, address, &codes).await
    })?;
    took.sort_unstable();
    let at = |share: f64| {
        let index = ((took.len() as f64 * share) as usize).min(took.len() - 1);
        (took[index].as_secs_f64() * 100_000.0).round() / 100.0
    };
    output::print_json(&json!({
        "guests": args.guests,
        "invitations": codes.len(),
        "rate": args.rate,
        "pages": took.len(),
        "first_byte_p50_ms": at(0.5),
        "first_byte_p99_ms": at(0.99),
        "first_byte_max_ms": at(1.0),
        "peak_mb": super::peak_rss_mb(),
    }))
}

/// Asks at the steady rate, whether or not earlier answers are there; times count from the moment at
/// which a page was due.
async fn ask_all(
    args: &GuestPageArgs,
    address: SocketAddr,
    codes: &[String],
) -> anyhow::Result<Vec<Duration>> {
    let begun = Instant::now();
    let pages = args.rate * args.seconds;
    let mut asked = Vec::new();
    for n in 0..pages {
        let due = begun + Duration::from_secs(1) * n / args.rate;
        tokio::time::sleep_until(due.into()).await;
        let code = codes[n as usize % codes.len()].clone();
        asked.push(tokio::spawn(async move {
            first_byte(address, &code, n).await?;
            Ok::<_, anyhow::Error>(due.elapsed())
        }));
    }
    let mut took = Vec::with_capacity(asked.len());
    for page in asked {
        took.push(page.await??);
    }
    Ok(took)
}

/// Asks for one page and waits for the beginning of its answer.
async fn first_byte(address: SocketAddr, code: &str, n: u32) -> anyhow::Result<()> {
    let socket = TcpSocket::new_v4()?;
    // Each guest has an address of their own; where a system has one loopback address alone, the
    // limits of one address hold for all.
    if cfg!(target_os = "linux") {
        let [_, b, c, d] = (n % 60_000 + 257).to_be_bytes();
        socket.bind(SocketAddr::from(([127, b, c, d.max(1)], 0)))?;
    }
    let stream = socket.connect(address).await?;
    let request = format!("GET /i/{code} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut left = request.as_bytes();
    while !left.is_empty() {
        stream.writable().await?;
        match stream.try_write(left) {
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut beginning = [0; BEGINNING];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut beginning) {
            Ok(read) => {
                let told = String::from_utf8_lossy(&beginning[..read]);
                let line = told.lines().next().context("no answer")?;
                ensure!(line.starts_with("HTTP/1.1 200"), "{line}");
                return Ok(());
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}
