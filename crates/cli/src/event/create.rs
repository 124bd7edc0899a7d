//! `gatehouse event create`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{Duration, NaiveDate, NaiveDateTime, Weekday};
use clap::Args;
use gatehouse_api::Problem;
use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::calendar::local::{local_of, parse_local, parse_zone};
use gatehouse_domain::calendar::pattern::{Ends, Pattern};
use gatehouse_domain::event::draft::{
    EventDraft, EventPlan, ScheduleDraft, SeriesDraft, SessionDraft, TicketTypeDraft, ZoneDraft,
};
use gatehouse_domain::event::{Access, ClaimSet, CodeForm, EventKind, EventSettings, Visibility};
use gatehouse_domain::field::FieldErrors;
use gatehouse_domain::place::{Meeting, Place, PlaceMode, Venue};
use serde_json::json;

use super::sessions::when;
use crate::output;
use crate::output::say;
use crate::unlock::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The whole plan as JSON, `-` for standard input; the other options are left out then.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "template"])]
    draft: Option<PathBuf>,
    /// Begin from a saved plan.
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// Day on which an event from a saved plan begins.
    #[arg(long, value_name = "DATE", requires = "template")]
    begins: Option<NaiveDate>,
    /// Title, 3 to 200 characters.
    #[arg(long, required_unless_present_any = ["draft", "template"])]
    title: Option<String>,
    /// Start in the event's zone, such as 2026-12-05T19:00, or RFC 3339.
    #[arg(long)]
    starts: Option<String>,
    /// End, like the start.
    #[arg(long)]
    ends: Option<String>,
    /// Doors, like the start; the start when absent.
    #[arg(long)]
    doors: Option<String>,
    /// A day of a multi-day event, again for each: START/END, such as
    /// 2027-06-10T14:00/2027-06-10T23:00, with a note after a further slash.
    #[arg(long = "day", value_name = "START/END", conflicts_with_all = ["starts", "rule", "repeat"])]
    days: Vec<String>,
    /// The rule of a series (RFC 5545), such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12.
    #[arg(long, value_name = "RRULE", conflicts_with = "repeat")]
    rule: Option<String>,
    /// How a series repeats: daily, weekdays, weekly:mon,wed, monthly:15, "monthly:first monday",
    /// "monthly:last friday" or yearly.
    #[arg(long, value_name = "PATTERN")]
    repeat: Option<String>,
    /// Every so many days, weeks, months or years.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "repeat")]
    every: u16,
    /// The last day of the series, which still counts.
    #[arg(
        long,
        value_name = "DATE",
        requires = "repeat",
        conflicts_with = "count"
    )]
    until: Option<NaiveDate>,
    /// How many sessions the series has.
    #[arg(long, value_name = "N", requires = "repeat")]
    count: Option<u32>,
    /// The kind that is meant: one_time, multi_day or recurring; refused when the rest says another.
    #[arg(long)]
    kind: Option<EventKind>,
    /// IANA time zone.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// Language of what guests read.
    #[arg(long, default_value = "en")]
    language: String,
    /// Currency of prices.
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// Who invites.
    #[arg(long, default_value = "")]
    organizer: String,
    /// Venue.
    #[arg(long, default_value = "")]
    place: String,
    /// Street and number.
    #[arg(long, default_value = "")]
    address: String,
    /// City.
    #[arg(long, default_value = "")]
    city: String,
    /// Country.
    #[arg(long, default_value = "")]
    country: String,
    /// Link of the meeting, for an event online or hybrid.
    #[arg(long)]
    meeting: Option<String>,
    /// Who can find it: public, private or unlisted.
    #[arg(long, default_value = "private")]
    visibility: Visibility,
    /// Guests at the venue at most, in each session.
    #[arg(long)]
    capacity: Option<u32>,
    /// A ticket type, again for each; the first is the default. With price in minor units and
    /// capacity where wanted: NAME, NAME:1500 or NAME:1500:80.
    #[arg(long = "type", default_values = ["Standard"])]
    types: Vec<String>,
    /// A zone, again for each.
    #[arg(long = "zone")]
    zones: Vec<String>,
    /// The signing key: rsa-2048, rsa-3072, rsa-4096 or ed25519.
    #[arg(long, default_value = "rsa-2048")]
    key: KeyProfile,
    /// Claims in the code: slim or full.
    #[arg(long, default_value = "slim")]
    claims: ClaimSet,
    /// Form of the code: compact or jwt.
    #[arg(long, default_value = "compact")]
    code: CodeForm,
    /// Show what it would make, and make nothing.
    #[arg(long)]
    preview: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Plans an event.
pub(super) fn run(args: &CreateArgs) -> anyhow::Result<()> {
    let workspace = args.data.open()?;
    let draft = match (&args.draft, &args.template) {
        (Some(path), _) => read_draft(path)?,
        (None, Some(name)) => {
            let mut draft = workspace.draft_from_template(name, args.begins)?;
            if let Some(title) = &args.title {
                draft.title.clone_from(title);
            }
            draft
        }
        (None, None) => args.to_draft()?,
    };
    if let Some(kind) = args.kind
        && kind != draft.kind()
    {
        bail!(Problem::new(
            "kind_mismatch",
            format!(
                "this plans an event of the kind {}, not {kind}",
                draft.kind()
            ),
        ));
    }
    if args.preview {
        return tell_plan(&workspace.preview_event(&draft)?, draft.kind(), args.json);
    }
    let home = workspace.create_event(&draft, args.key)?;
    if args.json {
        output::print_json(&json!({
            "event": home.id(),
            "title": home.event().title,
            "kind": home.event().kind,
            "sessions": home.sessions().len(),
        }))
    } else {
        say!("{}", home.id());
        Ok(())
    }
}

fn read_draft(path: &PathBuf) -> anyhow::Result<EventDraft> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(4 << 20).read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(path)
            .with_context(|| format!("{} can't be read", path.display()))?;
    }
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no plan of an event", path.display()))
}

fn tell_plan(plan: &EventPlan, kind: EventKind, json: bool) -> anyhow::Result<()> {
    if json {
        let sessions: Vec<_> = plan
            .sessions
            .iter()
            .map(
                |s| json!({"doors_at": s.doors_at, "starts_at": s.starts_at, "ends_at": s.ends_at}),
            )
            .collect();
        return output::print_json(&json!({
            "kind": kind,
            "rule": plan.recurrence.as_ref().map(|r| &r.rule),
            "makes": plan.sessions.len(),
            "sessions": sessions,
        }));
    }
    say!(
        "This makes {} session{}.",
        output::count(plan.sessions.len()),
        if plan.sessions.len() == 1 { "" } else { "s" }
    );
    for session in plan.sessions.iter().take(20) {
        say!("  {}", when(session.starts_at, session.ends_at, plan.zone));
    }
    if plan.sessions.len() > 20 {
        say!("  and {} more", output::count(plan.sessions.len() - 20));
    }
    Ok(())
}

impl CreateArgs {
    fn to_draft(&self) -> anyhow::Result<EventDraft> {
        Ok(EventDraft {
            title: self.title.clone().unwrap_or_default(),
            tagline: String::new(),
            description: String::new(),
            category: String::new(),
            tags: vec![],
            time_zone: self.time_zone.clone(),
            currency: self.currency.clone(),
            language: self.language.clone(),
            organizer: self.organizer.clone(),
            place: self.to_place(),
            capacity: self.capacity,
            visibility: self.visibility,
            access: Access::Open,
            schedule: self.to_schedule()?,
            ticket_types: self
                .types
                .iter()
                .map(|text| ticket_type(text))
                .collect::<anyhow::Result<_>>()?,
            free: false,
            zones: self
                .zones
                .iter()
                .map(|name| ZoneDraft {
                    name: name.clone(),
                    ..ZoneDraft::default()
                })
                .collect(),
            settings: EventSettings {
                claim_set: self.claims,
                code_form: self.code,
                ..EventSettings::default()
            },
        })
    }

    fn to_place(&self) -> Place {
        let venue = Venue {
            name: self.place.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            country: self.country.clone(),
            ..Venue::default()
        };
        let has_venue = venue != Venue::default();
        Place {
            mode: match (&self.meeting, has_venue) {
                (None, _) => PlaceMode::InPerson,
                (Some(_), false) => PlaceMode::Online,
                (Some(_), true) => PlaceMode::Hybrid,
            },
            venue: (has_venue || self.meeting.is_none()).then_some(venue),
            meeting: self.meeting.as_ref().map(|link| Meeting {
                link: link.clone(),
                ..Meeting::default()
            }),
        }
    }

    fn to_schedule(&self) -> anyhow::Result<ScheduleDraft> {
        if !self.days.is_empty() {
            let days = self.days.iter().map(|day| self.day(day));
            return Ok(ScheduleDraft::MultiDay {
                days: days.collect::<anyhow::Result<_>>()?,
            });
        }
        let (Some(starts), Some(ends)) = (&self.starts, &self.ends) else {
            bail!("say when it starts and ends: --starts and --ends, or --day for each day");
        };
        let (starts, ends) = (self.local(starts)?, self.local(ends)?);
        let doors = self.doors.as_deref().map(|d| self.local(d)).transpose()?;
        let pattern = self.repeat.as_deref().map(|text| self.pattern(text));
        let pattern = pattern.transpose()?;
        if pattern.is_none() && self.rule.is_none() {
            return Ok(ScheduleDraft::OneTime {
                session: SessionDraft {
                    starts,
                    ends,
                    doors,
                    ..SessionDraft::default()
                },
            });
        }
        let minutes = |from: &str, until: &str| {
            let read = |text: &str| parse_local("starts", text).ok();
            let apart: Option<Duration> = read(from).zip(read(until)).map(|(a, b)| b - a);
            apart
                .and_then(|apart| u32::try_from(apart.num_minutes()).ok())
                .unwrap_or(0)
        };
        Ok(ScheduleDraft::Recurring {
            series: SeriesDraft {
                ends: pattern.as_ref().map(|_| match (self.until, self.count) {
                    (Some(day), _) => Ends::On(day),
                    (None, Some(count)) => Ends::After(count),
                    (None, None) => Ends::Never,
                }),
                pattern,
                rule: self.rule.clone(),
                duration_minutes: minutes(&starts, &ends),
                doors_minutes: doors.map_or(0, |doors| minutes(&doors, &starts)),
                starts,
                without: vec![],
                with: vec![],
                capacity: None,
            },
        })
    }

    fn pattern(&self, text: &str) -> anyhow::Result<Pattern> {
        let every = self.every;
        let unknown = || {
            Problem::new(
                "pattern_unknown",
                format!(
                    "“{text}” is no pattern; say daily, weekdays, weekly:mon,wed, monthly:15, \
                     \"monthly:last friday\" or yearly"
                ),
            )
        };
        let weekday = |text: &str| text.trim().parse::<Weekday>().map_err(|_| unknown());
        let lower = text.to_lowercase();
        Ok(match lower.split_once(':').unwrap_or((&lower, "")) {
            ("daily", "") => Pattern::Daily { every },
            ("weekdays", "") => Pattern::Weekdays,
            ("weekly", days) if !days.is_empty() => Pattern::Weekly {
                every,
                days: days.split(',').map(weekday).collect::<Result<_, _>>()?,
            },
            ("monthly", on) => match (on.trim().parse(), on.trim().split_once(' ')) {
                (Ok(day), _) => Pattern::MonthlyByDate { every, day },
                (Err(_), Some((nth, day))) => Pattern::MonthlyByWeekday {
                    every,
                    nth: match nth {
                        "first" => 1,
                        "second" => 2,
                        "third" => 3,
                        "fourth" => 4,
                        "last" => -1,
                        _ => bail!(unknown()),
                    },
                    day: weekday(day)?,
                },
                (Err(_), None) => bail!(unknown()),
            },
            ("yearly", "") => Pattern::Yearly { every },
            _ => bail!(unknown()),
        })
    }

    fn day(&self, text: &str) -> anyhow::Result<SessionDraft> {
        let mut parts = text.splitn(3, '/');
        let (Some(starts), Some(ends)) = (parts.next(), parts.next()) else {
            bail!("“{text}” is no day such as 2027-06-10T14:00/2027-06-10T23:00");
        };
        Ok(SessionDraft {
            starts: self.local(starts)?,
            ends: self.local(ends)?,
            note: parts.next().unwrap_or_default().to_owned(),
            ..SessionDraft::default()
        })
    }

    /// A time as a draft holds it; RFC 3339 is turned into the event's zone.
    fn local(&self, text: &str) -> anyhow::Result<String> {
        let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) else {
            return Ok(text.trim().to_owned());
        };
        let zone = parse_zone("time_zone", &self.time_zone)
            .map_err(|e| Problem::from(FieldErrors(vec![e])))?;
        Ok(local_text(local_of(time.timestamp_millis(), zone)))
    }
}

/// A local time as a draft holds it.
pub(crate) fn local_text(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `NAME`, `NAME:PRICE` or `NAME:PRICE:CAPACITY`.
fn ticket_type(text: &str) -> anyhow::Result<TicketTypeDraft> {
    let mut parts = text.splitn(3, ':');
    let mut draft = TicketTypeDraft::named(parts.next().unwrap_or_default().trim());
    if let Some(price) = parts.next().filter(|p| !p.trim().is_empty()) {
        draft.price_minor = price
            .trim()
            .parse()
            .with_context(|| format!("“{price}” is no price in minor units, such as 1500"))?;
    }
    if let Some(capacity) = parts.next() {
        let capacity = capacity.trim().parse();
        draft.capacity =
            Some(capacity.with_context(|| format!("“{text}” names no capacity such as 80"))?);
    }
    Ok(draft)
}
