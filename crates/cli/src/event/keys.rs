//! Signing keys and the recovery kit.

use std::path::PathBuf;

use clap::Args;
use gatehouse_credential::key::{KeyId, KeyProfile};
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::unlock::{DataArgs, EventArgs};

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(flatten)]
    pub(super) event: EventArgs,
    /// Write the active public key (PEM) here.
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(super) event: EventArgs,
    /// The new key: rsa-2048, rsa-3072, rsa-4096 or ed25519.
    #[arg(long, default_value = "rsa-2048")]
    pub(super) key: KeyProfile,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    pub(super) event: EventArgs,
    /// The key's id, as `gatehouse event keys` shows it.
    pub(super) kid: KeyId,
}

#[derive(Debug, Args)]
pub(crate) struct KitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The kit's file; a page to print stands beside it as PDF.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Lists the keys.
pub(super) fn list(args: &KeysArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    if let Some(path) = &args.public {
        std::fs::write(path, home.public_key_pem()?)?;
    }
    let keys = home.signing_keys()?;
    if args.json {
        return output::print_json(&json!({"keys": keys}));
    }
    for key in keys {
        say!(
            "{}  {:3} {:8} {}",
            key.kid,
            key.version,
            key.profile,
            key.status
        );
    }
    Ok(())
}

/// Makes the recovery kit.
pub(super) fn kit(args: &KitArgs) -> anyhow::Result<()> {
    let workspace = args.data.open()?;
    let (kit, code) = workspace.make_recovery_kit()?;
    std::fs::write(&args.out, kit.to_text())?;
    let page = args.out.with_extension("pdf");
    std::fs::write(&page, workspace.print_recovery_page(&kit)?)?;
    say!(
        "The kit is in {}; print {}.",
        args.out.display(),
        page.display()
    );
    say!("Write this code on the page by hand. It is shown once and kept nowhere:");
    say!("\n  {}\n", code.to_text().as_str());
    Ok(())
}
