//! The window of a gate away from its office, for browsers on its own machine.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum_server::Handle;
use gatehouse_api::Outlying;
use gatehouse_api::routes::{AllowedHosts, DeskKey, LoneGate, Pages};
use gatehouse_gate::outpost::{Alone, Outpost, Talk};
use gatehouse_gate::{MachineCameras, MachinePorts};
use gatehouse_machine as machine;

use super::{BROKE_OFF, GateArgs, attend, peers, report};
use crate::output::say;
use crate::serve::{GRACE, practice, until_stopped};

/// Shows the gate's window until Ctrl-C, once it has written its address on a line of its own; what
/// `--source` and `--scanner` see is decided meanwhile.
pub(super) fn serve(args: &GateArgs, listen: SocketAddr, outpost: Outpost) -> anyhow::Result<()> {
    ensure!(
        listen.ip().is_loopback(),
        "{} can be reached from other machines, and a gate's window is for its own; listen on \
         127.0.0.1",
        listen.ip()
    );
    let pages = match &args.ui {
        Some(dir) => Pages::read(dir)?,
        None => Pages::none(),
    };
    let listener = TcpListener::bind(listen)
        .with_context(|| format!("{listen} can't be listened on; give another with --listen"))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr().context("no address to listen on")?;
    let company = peers::company(args, &outpost);
    let alone = Alone::begin(outpost, Talk::watched(), company, None, report)?;
    peers::tell_news(args, &alone);
    let key = machine::random_text();
    let desk = DeskKey::new(key.clone()).context("this machine makes no key")?;
    let outlying: Arc<dyn Outlying> = alone.clone();
    let window = LoneGate::new(outlying, pages, desk, machine::now());
    window.sees_with(Arc::new(MachineCameras::new(practice(&args.camera))));
    window.hears_with(Arc::new(MachinePorts::default()));
    let router = window
        .router(AllowedHosts::loopback(address.port()))
        .into_make_service_with_connect_info::<SocketAddr>();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("this machine can't start the server's threads")?;
    let handle = Handle::new();
    let stopping = handle.clone();
    say!("Gate: http://{address}/#key={key}");
    // Whoever reads this line through a pipe waits for it.
    std::io::stdout().flush()?;
    let served = std::thread::scope(|scope| {
        let attending = scope.spawn(|| match alone.gate() {
            Ok(gate) => attend(args, &gate, alone.talk()),
            Err(problem) => Err(problem.into()),
        });
        let served = runtime.block_on(async {
            tokio::spawn(async move {
                until_stopped().await;
                stopping.graceful_shutdown(Some(GRACE));
            });
            axum_server::from_tcp(listener)?
                .handle(handle)
                .serve(router)
                .await
                .context("the server broke off")
        });
        alone.talk().stop();
        let attended = attending
            .join()
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the gate's thread broke off")));
        // Without a source there is nothing that could have failed but the gate's right.
        match args.source.is_some() || args.scanner.is_some() {
            true => served.and(attended),
            false => served,
        }
    });
    let told = alone.end();
    served?;
    ensure!(told, BROKE_OFF);
    Ok(())
}
