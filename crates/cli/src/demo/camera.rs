//! The demonstration's camera: a film of the printed pages, held before a gate that runs as a
//! program of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use gatehouse_api::{EventHome, Progress};
use gatehouse_credential::qr::{GreyImage, QrCode};
use gatehouse_domain::admission::Code;
use gatehouse_domain::id::TicketId;
use serde::Deserialize;

use super::{DPI, Demo};
use crate::paper::{self, Film};

/// The most pages that are filmed; those after them are read as they are.
pub(super) const FILMED_AT_MOST: usize = 240;
/// The size of a frame that shows a single code.
const FRAME: (u32, u32) = (640, 640);
/// Pixels of a module in it.
const MODULE: u32 = 4;

/// A line that `gatehouse gate --json` writes: of a verdict, where it has a code.
#[derive(Deserialize)]
struct Line {
    code: Option<Code>,
    ticket: Option<TicketId>,
}

/// A film that is deleted with its holder.
pub(super) struct Reel(PathBuf);

impl Drop for Reel {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Demo<'_> {
    /// Films the first pages of the document.
    pub(super) fn film_pages(&self, pdf: &Path) -> anyhow::Result<Reel> {
        self.film("pages.mjpeg", |film| {
            paper::film(pdf, DPI, FILMED_AT_MOST, film)
        })
    }

    /// Films these codes.
    pub(super) fn film_codes(&self, codes: &[&str]) -> anyhow::Result<Reel> {
        self.film("codes.mjpeg", |film| {
            codes
                .iter()
                .try_for_each(|code| film.show(&frame_of(code)?))
        })
    }

    fn film(
        &self,
        name: &str,
        show: impl FnOnce(&mut Film) -> anyhow::Result<()>,
    ) -> anyhow::Result<Reel> {
        let reel = Reel(self.dir.join(name));
        let mut film = Film::begin(&reel.0)?;
        show(&mut film)?;
        film.end()?;
        Ok(reel)
    }

    /// Plays a film to `gatehouse gate`; gives its verdicts in their order.
    pub(super) fn play(
        &self,
        home: &EventHome,
        reel: &Reel,
    ) -> anyhow::Result<Vec<(Code, Option<TicketId>)>> {
        let program = std::env::current_exe().context("this program is not where it was")?;
        let mut gate = Command::new(program)
            .arg("gate")
            .arg("--data")
            .arg(self.dir.join("workspace"))
            .args(["--event", &home.id().to_string(), "--json", "--source"])
            .arg(format!("video:{}", reel.0.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the gate did not start")?;
        let mut verdicts = Vec::new();
        for line in BufReader::new(gate.stdout.take().context("the gate says nothing")?).lines() {
            let Line { code, ticket } = serde_json::from_str(&line?)?;
            let Some(code) = code else {
                continue;
            };
            verdicts.push((code, ticket));
            self.bar.reach(verdicts.len() as u64);
        }
        let ended = gate.wait()?;
        ensure!(ended.success(), "the gate ended with {ended}");
        Ok(verdicts)
    }

    /// Plays a film of tickets; gives the verdict on each.
    pub(super) fn play_tickets(
        &self,
        home: &EventHome,
        reel: &Reel,
    ) -> anyhow::Result<HashMap<TicketId, Code>> {
        let mut of_each = HashMap::new();
        for (code, ticket) in self.play(home, reel)? {
            let ticket = ticket.with_context(|| format!("the gate said {code} of no ticket"))?;
            if let Some(before) = of_each.insert(ticket, code) {
                bail!("the gate said {before} and {code} of one page");
            }
        }
        Ok(of_each)
    }
}

/// A code in the middle of a white frame.
fn frame_of(code: &str) -> anyhow::Result<GreyImage> {
    let code = QrCode::encode(code)?.to_grey(MODULE, MODULE)?;
    let (width, height) = FRAME;
    ensure!(
        code.width <= width && code.height <= height,
        "the code is too large"
    );
    let mut luma = vec![255; (width * height) as usize];
    let (left, top) = ((width - code.width) / 2, (height - code.height) / 2);
    for (row, pixels) in code.luma.chunks(code.width as usize).enumerate() {
        let from = (top as usize + row) * width as usize + left as usize;
        luma[from..from + pixels.len()].copy_from_slice(pixels);
    }
    Ok(GreyImage {
        width,
        height,
        luma,
    })
}
