//! Codes by themselves: pictures read, credentials verified and turned.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::PublicKey;
use gatehouse_credential::qr::{Effort, GreyImage, decode};
use gatehouse_credential::token::Token;
use gatehouse_credential::verify::verify_with_key;
use gatehouse_machine as machine;
use serde_json::json;

use crate::output;
use crate::output::say;

/// `gatehouse decode`.
#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// Pictures (PNG or JPEG).
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// One JSON object for each picture, a line each.
    #[arg(long)]
    json: bool,
}

/// Reads every code of every picture; a picture that is none fails the command at its end.
pub(crate) fn decode_pictures(args: &DecodeArgs) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    for path in &args.images {
        let begun = Instant::now();
        let read = GreyImage::read(path)
            .and_then(|picture| Ok(decode(&picture.as_frame()?, Effort::Thorough)));
        let file = path.to_string_lossy();
        match read {
            Ok(found) => {
                let codes: Vec<&str> = found.iter().map(|code| code.text.as_str()).collect();
                if args.json {
                    let ms = output::millis(begun);
                    output::print_json(&json!({"file": file, "codes": codes, "ms": ms}))?;
                } else if codes.is_empty() {
                    say!("{file}: no code");
                } else {
                    for code in codes {
                        say!("{file}: {code}");
                    }
                }
            }
            Err(error) => {
                failed = true;
                if args.json {
                    output::print_json(&json!({
                        "file": file,
                        "codes": [],
                        "ms": output::millis(begun),
                        "error": {"code": error.code(), "message": error.to_string()},
                    }))?;
                } else {
                    output::notice(&format!("{file}: {error} [{}]", error.code()));
                }
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// `gatehouse verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The code's text, compact or JWT.
    token: String,
    /// The public key (PEM).
    #[arg(long, value_name = "PUBLIC.pem")]
    key: PathBuf,
    /// The time to judge by: RFC 3339, or seconds since 1970; now when absent.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Verifies a credential against a public key and a time.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let pem = std::fs::read_to_string(&args.key)
        .with_context(|| format!("{} can't be read", args.key.display()))?;
    let key = PublicKey::from_pem(&pem).context("this is no public key that tickets use")?;
    let at = match &args.at {
        Some(text) => parse_time(text)?,
        None => machine::now().div_euclid(1_000),
    };
    let judged = match verify_with_key(&args.token, &key) {
        Err(refusal) => Err((refusal.code(), refusal.to_string(), None)),
        Ok(claims) if at < claims.not_before => Err((
            "too_early",
            "the signature holds, but this ticket is not valid yet".to_owned(),
            Some(claims),
        )),
        Ok(claims) if at >= claims.expires_at => Err((
            "expired",
            "the signature holds, but this ticket has expired".to_owned(),
            Some(claims),
        )),
        Ok(claims) => Ok(claims),
    };
    match judged {
        Ok(claims) => {
            if args.json {
                output::print_json(&json!({"valid": true, "claims": claims_json(&claims)?}))?;
            } else {
                say!("valid");
                say!("{}", serde_json::to_string_pretty(&claims_json(&claims)?)?);
            }
            Ok(ExitCode::SUCCESS)
        }
        Err((code, message, claims)) => {
            if args.json {
                let claims = claims.as_ref().map(claims_json).transpose()?;
                output::print_json(&json!({
                    "valid": false, "code": code, "message": message, "claims": claims,
                }))?;
            } else {
                say!("not valid: {message} [{code}]");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

fn claims_json(claims: &TicketClaims) -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::from_str(&claims.to_json())?)
}

fn parse_time(text: &str) -> anyhow::Result<i64> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp())
        .with_context(|| format!("“{text}” is no time such as 2026-11-21T19:00:00Z"))
}

/// `gatehouse token`.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// The code's text, compact or JWT.
    text: String,
}

/// Prints the JWT of a code in either form; nothing is verified.
pub(crate) fn token(args: &TokenArgs) -> anyhow::Result<ExitCode> {
    let token = Token::parse(&args.text).context("this is no ticket's code")?;
    say!("{}", token.jwt());
    Ok(ExitCode::SUCCESS)
}
