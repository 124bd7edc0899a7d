//! Serves the office: to a browser on this machine, or over TLS to others on the network.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;
use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{MeshPlace, Workspace, finish_restore};
use gatehouse_gate::{MachineCameras, MachinePorts, Origin};
use gatehouse_mesh::net::Interfaces;

use crate::mesh::MeshWish;
use crate::output::say;
use crate::unlock::DataArgs;
use gatehouse_machine::{address_towards_the_network, local_name, random_text};

/// What is served, and where.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The built interface (ui/dist); without it, the API alone.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Where to listen; port 0 takes any that is free. Other machines reach it with --tls only.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8030")]
    listen: SocketAddr,
    /// Encrypts with a certificate of the workspace's own authority.
    #[arg(long)]
    tls: bool,
    /// More names that this machine goes by on the network.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Offers a camera to gate windows on this machine: camera for all of its own, video:FILE or
    /// dir:PATH to practise without one; can be given again.
    #[arg(long, value_name = "SOURCE")]
    camera: Vec<Origin>,
    /// Where it meets its gates: an address, with port 0 for any that is free, or off. Unless it is
    /// said, where it listens; on the network they find each other by themselves.
    #[arg(long, value_name = "ADDRESS:PORT|off")]
    mesh: Option<MeshWish>,
    /// Offers serial scanners to gate windows on this machine: serial for those that the system
    /// lists, or the path of a port; can be given again.
    #[arg(long, value_name = "PORT")]
    scanner: Vec<String>,
    /// Writes the authority's certificate, which other devices are told to trust.
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
}

/// How long open requests, and letters under way, may go on after Ctrl-C.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// Serves until Ctrl-C, once it has written the office's address on a line of its own.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let alone = args.listen.ip().is_loopback();
    ensure!(
        alone || args.tls,
        "{} can be reached from other machines, and passwords would go there unencrypted; \
         add --tls, or listen on 127.0.0.1",
        args.listen.ip()
    );
    let pages = match &args.ui {
        Some(dir) => Pages::read(dir)?,
        None => Pages::none(),
    };
    finish_restore(&args.data.data)?;
    let workspace = args.data.open()?;
    if !alone && !workspace.has_accounts()? {
        bail!(
            "nobody has an account yet, so anybody on the network could make the first; serve on \
             127.0.0.1 and make yours, or use `gatehouse account add`"
        );
    }
    if let Some(path) = &args.authority {
        std::fs::write(path, workspace.authority_pem()?)
            .with_context(|| path.display().to_string())?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("this machine can't start the server's threads")?;
    runtime.block_on(serve(args, workspace, pages))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(args: &ServeArgs, workspace: Arc<Workspace>, pages: Pages) -> anyhow::Result<()> {
    let listener = std::net::TcpListener::bind(args.listen).with_context(|| {
        format!(
            "{} can't be listened on; give another with --listen, such as {}",
            args.listen,
            SocketAddr::new(args.listen.ip(), 0)
        )
    })?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr().context("no address to listen on")?;
    let alone = address.ip().is_loopback();
    let names = if alone { vec![] } else { names(args, address) };
    let hosts = AllowedHosts::network(&names, address.port());
    // Whoever reads this machine's terminal sits at its desk; nobody else does.
    let key = alone.then(random_text);
    let desk = key.clone().and_then(DeskKey::new);
    let identity = args
        .tls
        .then(|| {
            let mut own = vec!["localhost".into(), "127.0.0.1".into(), "::1".into()];
            own.extend(names.iter().cloned());
            workspace.listener_identity(&own)
        })
        .transpose()?;
    let scheme = if args.tls { "https" } else { "http" };
    let shown = match names.first() {
        Some(name) => format!("{name}:{}", address.port()),
        None => address.to_string(),
    };
    let office = Office::new(workspace, pages, desk, None);
    let mut addresses: Vec<String> = names
        .iter()
        .map(|name| format!("{scheme}://{name}:{}", address.port()))
        .collect();
    if addresses.is_empty() {
        addresses.push(format!("{scheme}://{shown}"));
    }
    office.listens_at(addresses);
    let hosts_of_gates = match alone {
        true => vec![address.ip().to_string()],
        false => self::names(args, address),
    };
    let usual = SocketAddr::new(address.ip(), 0);
    if let Some(listen) = args.mesh.unwrap_or_default().listen(usual) {
        office.meets_gates(&MeshPlace {
            listen,
            discover: !listen.ip().is_loopback(),
            interfaces: Interfaces::default(),
            hosts: hosts_of_gates,
            offices: Vec::new(),
        });
    }
    if alone && !args.camera.is_empty() {
        office.sees_with(Arc::new(MachineCameras::new(practice(&args.camera))));
    }
    if alone && !args.scanner.is_empty() {
        office.hears_with(Arc::new(MachinePorts::new(named(&args.scanner))));
    }
    office.delivers();
    let posting = office.clone();
    let office = office
        .router(hosts)
        .into_make_service_with_connect_info::<SocketAddr>();
    match &key {
        Some(key) => say!("Office: {scheme}://{shown}/#key={key}"),
        None => say!("Office: {scheme}://{shown}/"),
    }
    // Whoever reads this line through a pipe waits for it.
    std::io::stdout().flush()?;
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        until_stopped().await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    let served = match identity {
        Some(identity) => {
            let config = RustlsConfig::from_der(identity.chain, identity.key.to_vec())
                .await
                .context("the certificate can't be used")?;
            axum_server::from_tcp_rustls(listener, config)?
                .handle(handle)
                .serve(office)
                .await
        }
        None => {
            axum_server::from_tcp(listener)?
                .handle(handle)
                .serve(office)
                .await
        }
    };
    tokio::task::spawn_blocking(move || posting.ends_delivering(GRACE)).await?;
    served.context("the server broke off")
}

/// What is given beside the machine's own cameras, which are there anyway.
pub(crate) fn practice(given: &[Origin]) -> Vec<Origin> {
    let beside = |origin: &&Origin| matches!(origin, Origin::Folder(_) | Origin::Video(_));
    given.iter().filter(beside).cloned().collect()
}

/// The ports that are given by their paths, beside those that the system lists.
fn named(given: &[String]) -> Vec<String> {
    given
        .iter()
        .filter(|port| *port != "serial")
        .cloned()
        .collect()
}

/// The names and addresses by which other machines know this one.
fn names(args: &ServeArgs, listening: SocketAddr) -> Vec<String> {
    let mut names = args.name.clone();
    names.push(local_name());
    if listening.ip().is_unspecified() {
        names.extend(address_towards_the_network().map(|ip| ip.to_string()));
    } else {
        names.push(listening.ip().to_string());
    }
    names
}

/// Ends at Ctrl-C, or where there is such a thing, at SIGTERM.
pub(crate) async fn until_stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler Ctrl-C ends the program by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
