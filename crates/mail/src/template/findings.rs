//! What is wrong with a template before anything is sent, and what mail programs hold against it.

use serde::Serialize;
use serde_json::Value as Json;

use super::tokens::{self, Kind, Tag};
use super::{Part, Rendered, Template};
use crate::text::bounded;

/// HTML that Gmail shows whole: it cuts at 102 KB.
const SHOWN_WHOLE: usize = 100 * 1024;
/// The longest subject that lists of messages show, in characters.
const SHOWN_SUBJECT: usize = 78;
/// Services that hide where a link leads; spam filters hold them against a message.
const SHORTENERS: [&str; 12] = [
    "bit.ly",
    "goo.gl",
    "tinyurl.com",
    "t.co",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "t.ly",
    "rb.gy",
    "lnkd.in",
];

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Messages would be wrong: nothing is sent with it.
    Error,
    /// Messages may be held for spam, or look poor.
    Warning,
}

/// One thing that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its stable code.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where it is.
    pub part: Part,
    /// On which line of the source, from 1; 0 where it is the whole part's.
    pub line: usize,
    /// What it is about: the variable, the link, the size.
    pub detail: String,
}

impl Finding {
    fn new(code: &'static str, severity: Severity, part: Part, line: usize, detail: &str) -> Self {
        Self {
            code,
            severity,
            part,
            line,
            detail: bounded(detail, 200).to_owned(),
        }
    }

    fn error(code: &'static str, part: Part, line: usize, detail: &str) -> Self {
        Self::new(code, Severity::Error, part, line, detail)
    }

    fn warning(code: &'static str, part: Part, line: usize, detail: &str) -> Self {
        Self::new(code, Severity::Warning, part, line, detail)
    }
}

impl Template {
    /// All that is wrong with it. `sample` holds every variable there is, each list with at least
    /// one entry, as `gallery::sample_vars` does.
    #[must_use]
    pub fn findings(&self, sample: &Json) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut unsubscribes = false;
        for part in Part::ALL {
            for read in reads(self.source.part(part), sample) {
                unsubscribes |= matches!(
                    read.path.as_str(),
                    "links.unsubscribe" | "links.preferences"
                );
                if !read.is_known {
                    let found = Finding::error("unknown_variable", part, read.line, &read.path);
                    if !findings.contains(&found) {
                        findings.push(found);
                    }
                }
            }
        }
        if !unsubscribes {
            findings.push(Finding::warning(
                "no_unsubscribe",
                Part::Mjml,
                0,
                "links.unsubscribe",
            ));
        }
        if self.source.text.trim().is_empty() {
            findings.push(Finding::warning("no_text", Part::Text, 0, ""));
        }
        if self.source.subject.trim().is_empty() {
            findings.push(Finding::error("subject_empty", Part::Subject, 1, ""));
        }
        match self.render(sample) {
            Err(error) => {
                let found = Finding::error(error.code, error.part, error.line, &error.text);
                findings.push(found);
            }
            Ok(rendered) => self.look_at(&rendered, &mut findings),
        }
        findings
    }

    /// The variables that are printed whatever else holds, and that are empty in these values:
    /// what a guest's message would lack.
    #[must_use]
    pub fn blanks(&self, values: &Json) -> Vec<String> {
        let mut blanks = Vec::new();
        for part in Part::ALL {
            for read in reads(self.source.part(part), values) {
                let is_blank = read.is_printed_always
                    && match read.value {
                        None | Some(Json::Null) => true,
                        Some(Json::String(text)) => text.trim().is_empty(),
                        Some(_) => false,
                    };
                if is_blank && !blanks.contains(&read.path) {
                    blanks.push(read.path);
                }
            }
        }
        blanks
    }

    fn look_at(&self, message: &Rendered, findings: &mut Vec<Finding>) {
        look_at_subject(
            &message.subject,
            self.source.subject.trim().is_empty(),
            findings,
        );
        if message.html.is_empty() {
            return;
        }
        let html = &message.html;
        if html.len() > SHOWN_WHOLE {
            let size = format!("{} KB", html.len() / 1024);
            findings.push(Finding::warning("html_large", Part::Mjml, 0, &size));
        }
        let words = visible_text(html);
        let pictures = html.matches("<img").count();
        if pictures > 0 && words.chars().filter(|c| c.is_alphanumeric()).count() < 60 {
            findings.push(Finding::warning("only_pictures", Part::Mjml, 0, ""));
        }
        if words.matches('!').count() > 5 {
            findings.push(Finding::warning("exclamations", Part::Mjml, 0, ""));
        }
        for picture in html.split("<img").skip(1) {
            let tag = picture.split('>').next().unwrap_or("");
            let from = attribute(tag, "src").unwrap_or_default();
            if from.starts_with("http:") || from.starts_with("https:") {
                let line = self.line_of(&from);
                findings.push(Finding::warning(
                    "picture_elsewhere",
                    Part::Mjml,
                    line,
                    &from,
                ));
            }
            if attribute(tag, "alt").is_none_or(|alt| alt.trim().is_empty()) {
                let line = self.line_of(&from);
                findings.push(Finding::warning(
                    "picture_without_words",
                    Part::Mjml,
                    line,
                    &from,
                ));
            }
        }
        let links = links(html);
        if links.is_empty() {
            findings.push(Finding::warning("no_link", Part::Mjml, 0, ""));
        }
        for (to, words) in &links {
            let line = self.line_of(to);
            let mut warn = |code| findings.push(Finding::warning(code, Part::Mjml, line, to));
            let scheme = to.split(':').next().unwrap_or("").to_ascii_lowercase();
            match scheme.as_str() {
                "https" | "mailto" | "tel" | "sms" => {}
                "http" => warn("link_in_clear"),
                _ if to.is_empty() || to == "#" => warn("link_empty"),
                _ => findings.push(Finding::error("link_kind", Part::Mjml, line, to)),
            }
            let Some(host) = host(to) else { continue };
            if SHORTENERS.contains(&host.as_str()) {
                findings.push(Finding::warning("link_shortened", Part::Mjml, line, to));
            }
            if shown_host(words).is_some_and(|shown| !is_same_site(&shown, &host)) {
                let detail = format!("{} → {host}", words.trim());
                findings.push(Finding::error(
                    "link_shows_another",
                    Part::Mjml,
                    line,
                    &detail,
                ));
            }
        }
    }

    /// The line of the source that has this text as it is; 0 where a variable made it.
    fn line_of(&self, text: &str) -> usize {
        (!text.is_empty())
            .then(|| self.source.mjml.find(text))
            .flatten()
            .map_or(0, |at| tokens::line_at(&self.source.mjml, at))
    }
}

fn look_at_subject(subject: &str, is_told: bool, findings: &mut Vec<Finding>) {
    let mut warn = |code| findings.push(Finding::warning(code, Part::Subject, 1, subject));
    if subject.chars().count() > SHOWN_SUBJECT {
        warn("subject_long");
    }
    let letters = subject.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = subject.chars().filter(|c| c.is_uppercase()).count();
    if letters >= 8 && capitals * 10 > letters * 7 {
        warn("subject_capitals");
    }
    if subject.matches(['!', '¡']).count() > 1 {
        warn("subject_exclamations");
    }
    let lower = subject.to_lowercase();
    if lower.starts_with("re:") || lower.starts_with("fwd:") || lower.starts_with("fw:") {
        warn("subject_pretends");
    }
    if subject.is_empty() && !is_told {
        findings.push(Finding::error("subject_empty", Part::Subject, 1, ""));
    }
}

/// One variable that a template reads.
struct Read<'a> {
    path: String,
    line: usize,
    is_known: bool,
    value: Option<&'a Json>,
    is_printed_always: bool,
}

/// What a name stands for at a place of a template.
#[derive(Clone, Copy)]
enum Meaning<'a> {
    /// This value, or one like it.
    Value(&'a Json),
    /// Anything: an entry of a list without entries, the loop's own state.
    Any,
    /// Nothing that there is.
    Nothing,
}

/// Every variable that is read, in order.
fn reads<'a>(source: &str, sample: &'a Json) -> Vec<Read<'a>> {
    let mut reads = Vec::new();
    let mut loops: Vec<(Vec<String>, Meaning<'a>)> = Vec::new();
    let mut conditions = 0_usize;
    for tag in tokens::tags(source) {
        if tag.kind == Kind::Comment {
            continue;
        }
        let inside = tag.inside(source);
        let statement = match tag.kind {
            Kind::Statement => inside.split_whitespace().next().unwrap_or(""),
            _ => "",
        };
        let expression = if statement == "for" {
            let (names, list) = inside[3..].split_once(" in ").unwrap_or(("", ""));
            read(list, &tag, source, sample, &loops, false, &mut reads);
            let names: Vec<String> = names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect();
            let one = tokens::paths(list)
                .first()
                .map_or(Meaning::Any, |path| entry(mean(path, sample, &loops)));
            let one = if names.len() > 1 { Meaning::Any } else { one };
            loops.push((names, one));
            continue;
        } else {
            match statement {
                "endfor" => {
                    loops.pop();
                }
                "if" => conditions += 1,
                "endif" => conditions = conditions.saturating_sub(1),
                _ => {}
            }
            inside.strip_prefix(statement).unwrap_or(inside)
        };
        let is_printed_always = tag.kind == Kind::Print
            && conditions == 0
            && loops.is_empty()
            && tokens::words(expression).len() == 1;
        read(
            expression,
            &tag,
            source,
            sample,
            &loops,
            is_printed_always,
            &mut reads,
        );
    }
    reads
}

fn read<'a>(
    expression: &str,
    tag: &Tag,
    source: &str,
    sample: &'a Json,
    loops: &[(Vec<String>, Meaning<'a>)],
    is_printed_always: bool,
    reads: &mut Vec<Read<'a>>,
) {
    for path in tokens::paths(expression) {
        let meaning = mean(&path, sample, loops);
        reads.push(Read {
            path: path.join("."),
            line: tag.line(source),
            is_known: !matches!(meaning, Meaning::Nothing),
            value: match meaning {
                Meaning::Value(value) => Some(value),
                _ => None,
            },
            is_printed_always,
        });
    }
}

fn mean<'a>(path: &[&str], sample: &'a Json, loops: &[(Vec<String>, Meaning<'a>)]) -> Meaning<'a> {
    let (root, rest) = match path {
        [] => return Meaning::Nothing,
        [first, rest @ ..] => (first, rest),
    };
    let in_loop = loops
        .iter()
        .rev()
        .find(|(names, _)| names.iter().any(|name| name == root));
    let mut meaning = match in_loop {
        Some((_, meaning)) => *meaning,
        None if *root == "loop" && !loops.is_empty() => Meaning::Any,
        None => sample.get(root).map_or(Meaning::Nothing, Meaning::Value),
    };
    for name in rest {
        meaning = match meaning {
            Meaning::Value(value) => value.get(name).map_or(Meaning::Nothing, Meaning::Value),
            other => other,
        };
    }
    meaning
}

/// What one entry of a list is like.
fn entry(list: Meaning<'_>) -> Meaning<'_> {
    match list {
        Meaning::Value(Json::Array(entries)) => {
            entries.first().map_or(Meaning::Any, Meaning::Value)
        }
        _ => Meaning::Any,
    }
}

/// The words of HTML that a reader sees, roughly.
fn visible_text(html: &str) -> String {
    let body = html.find("<body").map_or(html, |at| &html[at..]);
    let mut text = String::new();
    let mut rest = body;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        rest = &rest[start..];
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<style") {
            rest.find("</style>").map(|at| at + 8)
        } else {
            rest.find('>').map(|at| at + 1)
        };
        rest = end.map_or("", |end| &rest[end..]);
    }
    text.push_str(rest);
    text
}

/// Each link of HTML: where it leads, and its words.
fn links(html: &str) -> Vec<(String, String)> {
    html.split("<a ")
        .skip(1)
        .filter_map(|link| {
            let (tag, behind) = link.split_once('>')?;
            let words = behind.split("</a>").next().unwrap_or("");
            let to = attribute(tag, "href")?;
            Some((to, visible_text(words).trim().to_owned()))
        })
        .collect()
}

/// An attribute's value, with its entities read.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let wanted = format!("{name}=\"");
    let at = tag
        .match_indices(&wanted)
        .find(|(at, _)| *at == 0 || tag[..*at].ends_with([' ', '\n', '\t']))?
        .0;
    let value = tag[at + wanted.len()..].split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

fn host(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// The host that a link's own words name, where they look like an address of the web.
fn shown_host(words: &str) -> Option<String> {
    let words = words.trim();
    if words.is_empty() || words.contains(char::is_whitespace) || words.contains('@') {
        return None;
    }
    let named = host(words).or_else(|| {
        let first = words.split(['/', '?']).next()?;
        let labels: Vec<&str> = first.split('.').collect();
        let last = labels.last()?;
        let is_host = labels.len() > 1
            && labels.iter().all(|label| !label.is_empty())
            && last.len() >= 2
            && last.chars().all(char::is_alphabetic);
        is_host.then(|| first.to_ascii_lowercase())
    })?;
    Some(named.trim_start_matches("www.").to_owned())
}

fn is_same_site(shown: &str, real: &str) -> bool {
    let real = real.trim_start_matches("www.");
    real == shown || real.ends_with(&format!(".{shown}"))
}
