//! `gatehouse gate`: a live gate without a window, at the event's home or enrolled away from it.

mod ahead;
mod peers;
mod prints;
mod scanner;
mod unwell;
mod window;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{bail, ensure};
use clap::Args;
use gatehouse_api::{
    Around, Check, CheckState, Gate, Outlying, Presentation, Problem, Shown, Shows,
};
use gatehouse_credential::qr::{Effort, GreyImage, decode};
use gatehouse_domain::scan::{Direction, Verdict};
use gatehouse_gate::outpost::{
    Alone, EnrolTicket, Exchange, Outpost, Talk, is_outpost, this_machine,
};
use gatehouse_gate::source::CameraWish;
use gatehouse_gate::{Origin, Pacing, Seen, Steady, Stopwatch, Watch, recognise};
use gatehouse_machine as machine;
use serde::Serialize;

use crate::mesh::MeshWish;
use crate::output::{self, say};
use crate::unlock::EventArgs;
use prints::{Arrivals, Prints};
use scanner::Scanner;
use unwell::{Complaints, Device};

/// `gatehouse gate`.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// The folder of a workspace (with --event), or the gate's own.
    #[arg(long, value_name = "DIR", env = "GATEHOUSE_DATA")]
    data: PathBuf,
    /// The event whose home this is: its id, the beginning of its id, or its title.
    #[arg(long, value_name = "EVENT", conflicts_with = "enrol")]
    event: Option<String>,
    /// Enrols this gate with its office: what the office's code says, or a picture of it.
    #[arg(long, value_name = "TEXT|PICTURE")]
    enrol: Option<String>,
    /// Name of the gate; “Front door” when absent, and when it is enrolled, this machine's.
    #[arg(long)]
    name: Option<String>,
    /// Where codes are seen: camera, camera:0, camera:NAME, dir:PATH, video:FILE or stdin; without
    /// it and a scanner the gate only talks to its office.
    #[arg(long, value_name = "SOURCE")]
    source: Option<Origin>,
    /// A scanner that sends codes: typed (one that types here), serial:PATH or
    /// usb:VENDOR:PRODUCT.
    #[arg(long, value_name = "SCANNER")]
    scanner: Option<Scanner>,
    /// Prints what the event prints for those who are let in, on a printer of this machine; without
    /// a name on its usual one.
    #[arg(long, value_name = "PRINTER", num_args = 0..=1, default_missing_value = "")]
    print: Option<String>,
    /// Shows the gate's window to browsers on this machine; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with_all = ["event", "once"])]
    listen: Option<SocketAddr>,
    /// The built interface (ui/dist), for --listen; without it, the API alone.
    #[arg(long, value_name = "DIR", requires = "listen")]
    ui: Option<PathBuf>,
    /// Offers a camera to the window beside the machine's own: video:FILE or dir:PATH, to practise
    /// without one; can be given again.
    #[arg(long, value_name = "SOURCE", requires = "listen")]
    camera: Vec<Origin>,
    /// Where it meets other gates: an address, with port 0 for any that is free, or off. Unless it
    /// is said, on every network, where gates find each other by themselves.
    #[arg(long, value_name = "ADDRESS:PORT|off", conflicts_with = "event")]
    mesh: Option<MeshWish>,
    /// The address of another gate or of the office, where they don't find each other; can be given
    /// again.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "event")]
    peer: Vec<String>,
    /// Also one JSON object a line for what other gates did, and for who is there.
    #[arg(long, requires = "json")]
    news: bool,
    /// Lets in somebody who has no ticket, with one that the office gave this gate ahead; ends then.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["event", "listen", "source", "scanner"])]
    walk_in: Option<String>,
    /// Somebody asked whoever walks in what the event wants to know.
    #[arg(long, requires = "walk_in")]
    answered: bool,
    /// Enrols a spare gate while the office is away: shows the code, ends once the spare gate has
    /// it.
    #[arg(long, conflicts_with_all = ["event", "listen", "source", "scanner", "walk_in"])]
    spare: bool,
    /// It leads out.
    #[arg(long)]
    exit: bool,
    /// Ends after one exchange with the office, or when the source is over.
    #[arg(long)]
    once: bool,
    /// One JSON object a line for each verdict, and for what is wrong with the camera or scanner.
    #[arg(long)]
    json: bool,
}

/// One verdict on standard output.
#[derive(Debug, Serialize)]
struct Line<'a> {
    verdict: Verdict,
    code: gatehouse_domain::admission::Code,
    ticket: Option<gatehouse_domain::id::TicketId>,
    number: Option<u32>,
    holder: Option<&'a str>,
    /// From the frame to the verdict, in milliseconds; of a recording, from the reading.
    ms: f64,
    mode: gatehouse_domain::scan::Mode,
    message: &'a str,
    /// What the code is, where it is no ticket of ours.
    kind: Option<&'static str>,
}

/// What is said on standard output where there is no verdict.
#[derive(Debug, Serialize)]
struct Undecided<'a> {
    verdict: &'static str,
    code: &'static str,
    message: &'a str,
}

/// What keeps a gate from deciding about one guest, and perhaps not about the next.
const PASSING: [&str; 4] = ["gates_busy", "event_busy", "file_busy", "disk_full"];
/// The gate at an event's home unless another is named.
const FRONT_DOOR: &str = "Front door";
const BROKE_OFF: &str =
    "the exchange with the office broke off; the scans are in this gate's folder";
/// How long the loop waits for what comes next.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the gate until its source is over, or for as long as it is let.
pub(crate) fn run(args: &GateArgs) -> anyhow::Result<ExitCode> {
    if let Some(event) = &args.event {
        let workspace = machine::open(&args.data, machine::surroundings())?;
        let gate = workspace
            .open_event(event)?
            .open_gate(args.name.as_deref().unwrap_or(FRONT_DOOR))?;
        if args.source.is_none() && args.scanner.is_none() {
            bail!(Problem::new(
                "source_missing",
                "say where codes come from: --source camera, dir:PATH, video:FILE or stdin, or \
                 --scanner typed or serial:PATH"
            ));
        }
        attend(args, &gate, &Talk::default())?;
        return Ok(ExitCode::SUCCESS);
    }
    let outpost = open(args)?;
    if let Some(listen) = args.listen {
        window::serve(args, listen, outpost)?;
        return Ok(ExitCode::SUCCESS);
    }
    let gives = args.spare || args.walk_in.is_some();
    if args.source.is_none() && args.scanner.is_none() && !gives {
        return exchange_once(&outpost);
    }
    let company = peers::company(args, &outpost);
    let alone = Alone::begin(outpost, Talk::default(), company, None, report)?;
    peers::tell_news(args, &alone);
    let watched = attend_to(args, &alone);
    // A gate whose right was taken back may still have scans to give.
    let told = alone.end();
    watched?;
    ensure!(told, BROKE_OFF);
    Ok(ExitCode::SUCCESS)
}

/// Does what the gate was started for.
fn attend_to(args: &GateArgs, alone: &Arc<Alone>) -> anyhow::Result<()> {
    if args.spare {
        return ahead::enrol_spare(args, alone);
    }
    if let Some(name) = &args.walk_in {
        let begun = Stopwatch::start();
        let shown = ahead::walk_in(alone, name, args.answered)?;
        return tell(args, &shown, None, begun.elapsed());
    }
    let gate = alone.gate()?;
    attend(args, &gate, alone.talk())
}

fn open(args: &GateArgs) -> anyhow::Result<Outpost> {
    let surroundings = machine::surroundings();
    let unlock = &machine::unlock_device;
    let Some(enrol) = &args.enrol else {
        if !is_outpost(&args.data) {
            bail!(Problem::new(
                "gate_unknown",
                "no gate lives in this folder; enrol it with --enrol, or name an event of a \
                 workspace with --event"
            ));
        }
        return Ok(Outpost::open(&args.data, surroundings, unlock)?);
    };
    let ticket: EnrolTicket = match Path::new(enrol) {
        picture if picture.is_file() => read_picture(picture)?.parse()?,
        _ => enrol.parse()?,
    };
    if is_outpost(&args.data) {
        let outpost = Outpost::open(&args.data, surroundings.clone(), unlock)?;
        if outpost.was_enrolled_by(&ticket)? {
            return Ok(outpost);
        }
    }
    let info = this_machine(env!("CARGO_PKG_VERSION"));
    let name = args.name.clone().unwrap_or_else(machine::name);
    let protect = |device| machine::protect_device(device, output::notice);
    let around = surroundings.clone();
    let made = Outpost::enrol(&args.data, &ticket, &name, &info, around, &protect);
    let outpost = match made {
        // The office knows it already and its code is used up: the list comes later.
        Err(problem) if is_outpost(&args.data) && problem.code != "gate_exists" => {
            output::notice(&format!(
                "The guest list is not here yet: {}",
                problem.detail
            ));
            Outpost::open(&args.data, surroundings, unlock)?
        }
        made => made?,
    };
    if !args.json {
        say!("{name} is a gate of this event now.");
    }
    Ok(outpost)
}

fn exchange_once(outpost: &Outpost) -> anyhow::Result<ExitCode> {
    let done = outpost.exchange()?;
    output::print_json(&serde_json::json!({
        "sent": done.sent,
        "heard": done.heard,
        "renewed": done.renewed,
        "waiting": done.waiting,
        "doubles": done.doubles,
    }))?;
    Ok(ExitCode::SUCCESS)
}

fn report(done: &Exchange) {
    if done.doubles > 0 {
        tracing::warn!(
            doubles = done.doubles,
            "tickets were let in here that were let in elsewhere before"
        );
    }
}

/// A gate at work: what it is told to do, with whom it talks, what it prints.
#[derive(Clone)]
struct Attending<'a> {
    args: &'a GateArgs,
    gate: &'a Gate,
    talk: &'a Talk,
    failed: &'a AtomicBool,
    arrivals: Option<Arrivals>,
}

/// Takes codes from wherever they come, until the source and the scanner are over, and everything is
/// printed. Where one of them fails, both end, and the failure is told.
fn attend(args: &GateArgs, gate: &Gate, talk: &Talk) -> anyhow::Result<()> {
    let prints = args.print.as_deref().map(Prints::on).transpose()?;
    let failed = AtomicBool::new(false);
    let told = |ended: anyhow::Result<()>| {
        failed.fetch_or(ended.is_err(), Ordering::AcqRel);
        ended
    };
    std::thread::scope(|scope| {
        let arrivals = prints.as_ref().map(|prints| {
            let (arrivals, waiting) = Prints::queue();
            scope.spawn(move || prints.follow(gate, &waiting));
            arrivals
        });
        let seeing = Attending {
            args,
            gate,
            talk,
            failed: &failed,
            arrivals,
        };
        let hearing = seeing.clone();
        let heard = scope.spawn(move || match &args.scanner {
            Some(scanner) => told(scanner::listen(&hearing, scanner)),
            None => Ok(()),
        });
        let seen = match &args.source {
            Some(source) => told(seeing.watch(source)),
            None => Ok(()),
        };
        // With the last of them the printer's queue ends.
        drop(seeing);
        let heard = heard
            .join()
            .unwrap_or_else(|_| bail!("the scanner's thread broke off"));
        seen.and(heard)
    })
}

impl Attending<'_> {
    /// Whether it is to go on.
    fn goes_on(&self) -> bool {
        !self.failed.load(Ordering::Acquire) && !self.talk.is_over()
    }

    /// Presents a code that came at `begun`, and tells the verdict.
    fn decide(&self, text: &str, clock: &Stopwatch, begun: Duration) -> anyhow::Result<()> {
        let shown = match present(self.args, self.gate, text) {
            Ok(shown) => shown,
            Err(problem) if passes(&problem) => return tell_undecided(self.args, &problem),
            Err(problem) => return Err(problem.into()),
        };
        let took = clock.elapsed().saturating_sub(begun);
        self.talk.decided();
        if let Some(arrivals) = &self.arrivals {
            arrivals.note(&shown);
        }
        tell(self.args, &shown, Some(text), took)
    }

    /// Looks at the source until it is over, and decides about each code that comes into view.
    fn watch(&self, source: &Origin) -> anyhow::Result<()> {
        let settings = source.settings();
        let live = settings.pacing == Pacing::Newest;
        let clock = Arc::new(Stopwatch::start());
        let origin = source.clone();
        let watch = Watch::start(
            move || origin.open(&CameraWish::default()),
            Arc::<Stopwatch>::clone(&clock),
            settings,
        );
        let mut complaints = Complaints::of(self.args, Device::Camera);
        let mut fault = None;
        while !watch.is_over() && self.goes_on() {
            match watch.next(LOOK) {
                Some(Seen::Codes(codes)) => {
                    for code in codes {
                        let begun = match live {
                            true => code.at,
                            false => clock.elapsed(),
                        };
                        self.decide(&code.text, &clock, begun)?;
                    }
                }
                Some(Seen::State(state)) => {
                    complaints.hear(&state)?;
                    fault = state.fault().cloned();
                }
                Some(Seen::Preview(_)) | None => {}
            }
        }
        match fault {
            Some(fault) => bail!(Problem::new(fault.code, fault.message)),
            None => Ok(()),
        }
    }
}

/// Whether what kept a gate from deciding may be over by the next guest.
fn passes(problem: &Problem) -> bool {
    PASSING.contains(&problem.code)
}

fn present(args: &GateArgs, gate: &Gate, text: &str) -> Result<Shown, Problem> {
    let usual = gate.presentation(Shows::Code(text));
    gate.present(&Presentation {
        direction: match args.exit {
            true => Direction::Exit,
            false => usual.direction,
        },
        ..usual
    })
}

fn tell(args: &GateArgs, shown: &Shown, text: Option<&str>, took: Duration) -> anyhow::Result<()> {
    if !args.json {
        let name = shown.name.as_deref().unwrap_or_default();
        say!("{} {name}", shown.verdict.word().to_uppercase());
        say!("{} [{}]", shown.message, shown.code);
        return Ok(());
    }
    let kind = text.map(recognise).filter(|kind| !kind.is_ours());
    output::print_json(&Line {
        verdict: shown.verdict,
        code: shown.code,
        ticket: shown.ticket,
        number: shown.number,
        holder: shown.name.as_deref(),
        ms: took.as_secs_f64() * 1_000.0,
        mode: shown.mode,
        message: &shown.message,
        kind: kind.map(|kind| kind.word()),
    })
}

/// Tells that nothing was decided, so that nobody may enter on it: the gate goes on.
fn tell_undecided(args: &GateArgs, problem: &Problem) -> anyhow::Result<()> {
    tracing::error!(code = problem.code, "a code was not decided");
    if args.json {
        return output::print_json(&Undecided {
            verdict: "undecided",
            code: problem.code,
            message: &problem.detail,
        });
    }
    say!("UNDECIDED");
    say!("{} [{}]", problem.detail, problem.code);
    Ok(())
}

fn read_picture(path: &Path) -> Result<String, Problem> {
    let problem = |error: gatehouse_credential::qr::PictureError| {
        Problem::new(error.code(), error.to_string())
    };
    let picture = GreyImage::read(path).map_err(problem)?;
    decode(&picture.as_frame().map_err(problem)?, Effort::Thorough)
        .into_iter()
        .next()
        .map(|found| found.text)
        .ok_or_else(|| {
            Problem::new(
                "code_missing",
                "there is no code that can be read in this picture",
            )
        })
}

/// `gatehouse preflight`.
#[derive(Debug, Args)]
pub(crate) struct PreflightArgs {
    #[command(flatten)]
    event: EventArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// The whole check on standard output.
#[derive(Debug, Serialize)]
struct Readiness<'a> {
    ready: bool,
    items: Vec<ReadinessLine<'a>>,
}

/// One line of it, with what is to be done.
#[derive(Debug, Serialize)]
struct ReadinessLine<'a> {
    #[serde(flatten)]
    check: &'a Check,
    todo: Option<&'static str>,
}

/// Tells whether an event is ready for doors; ends with 1 where something is to be mended.
pub(crate) fn preflight(args: &PreflightArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let checked = home.preflight(Around::default())?;
    if args.json {
        let items = checked.items.iter();
        output::print_json(&Readiness {
            ready: checked.ready,
            items: items
                .map(|check| ReadinessLine {
                    check,
                    todo: check.todo(),
                })
                .collect(),
        })?;
    } else {
        for item in &checked.items {
            let state = match item.state {
                CheckState::Ok => "ok",
                CheckState::Warning => "look",
                CheckState::Failed => "MEND",
                CheckState::Unknown => "?",
            };
            say!("{state:<5} {}", item.code);
            if let Some(told) = item.told(home.event().time_zone) {
                say!("      {told}");
            }
            if let Some(todo) = item.todo() {
                say!("      {todo}");
            }
        }
    }
    Ok(match checked.ready {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
