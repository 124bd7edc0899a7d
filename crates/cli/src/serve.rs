//! Serves the office to a browser on this machine, for reading.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;
use gatehouse_api::routes::{AllowedHosts, Pages, office};

use crate::output::say;
use crate::unlock::DataArgs;

/// What is served, and where.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The built interface (ui/dist); without it, the API alone.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Where to listen, on this machine only; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8030")]
    listen: SocketAddr,
}

/// Serves until Ctrl-C, once it has written the office's address on a line of its own.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    ensure!(
        args.listen.ip().is_loopback(),
        "{} can be reached from other machines, and there are no accounts yet; \
         listen on 127.0.0.1 or [::1]",
        args.listen.ip()
    );
    let pages = match &args.ui {
        Some(dir) => Pages::read(dir)?,
        None => Pages::none(),
    };
    let workspace = args.data.open()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("this machine can't start the server's threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(args.listen)
            .await
            .with_context(|| {
                format!(
                    "{} can't be listened on; give another with --listen, such as {}",
                    args.listen,
                    SocketAddr::new(args.listen.ip(), 0)
                )
            })?;
        let address = listener.local_addr().context("no address to listen on")?;
        let office = office(workspace, pages, AllowedHosts::loopback(address.port()));
        say!("Office: http://{address}/");
        // Whoever reads this line through a pipe waits for it.
        std::io::stdout().flush()?;
        axum::serve(listener, office)
            .with_graceful_shutdown(until_stopped())
            .await
            .context("the server broke off")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Ends at Ctrl-C, or where there is such a thing, at SIGTERM.
async fn until_stopped() {
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
