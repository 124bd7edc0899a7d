//! What a message says: a subject, MJML and text, with the words of each guest filled in.
//!
//! MJML is laid out once, when a template is compiled, with its tags kept aside; a message then
//! costs one pass over three finished texts. The language is a small part of Jinja: variables,
//! conditions, loops and a few filters. It includes nothing, calls nothing, and is bounded in
//! work and in what it writes.

mod findings;
mod tokens;

use std::fmt;
use std::io;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, State, UndefinedBehavior};
use mrml::prelude::parser::ParserOptions;
use mrml::prelude::render::RenderOptions;
use serde::Serialize;

use crate::text::{bounded, one_line};
pub use findings::{Finding, Severity};
use tokens::{Kind, Word};

/// The most that a template's three parts may weigh together, in bytes.
pub const LARGEST_SOURCE: usize = 256 * 1024;
/// The most that one part of a message may become, in bytes.
pub const LARGEST_OUTPUT: usize = 1024 * 1024;
/// The longest subject, in bytes.
pub const LONGEST_SUBJECT: usize = crate::letter::LONGEST_SUBJECT;
/// The steps that one part of a message may take: some 40 for each line of a loop.
const FUEL: u64 = 400_000;
/// How deep the elements of MJML and the tags may be nested.
const DEEPEST: usize = 60;

/// The statements of the language.
const STATEMENTS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];
/// The filters of the language.
pub const FILTERS: [&str; 10] = [
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "default",
    "length",
    "join",
    "first",
    "paragraphs",
];

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The subject.
    Subject,
    /// The MJML, and the HTML that it becomes.
    Mjml,
    /// The text.
    Text,
}

impl Part {
    const ALL: [Self; 3] = [Self::Subject, Self::Mjml, Self::Text];

    /// The stable spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Mjml => "mjml",
            Self::Text => "text",
        }
    }
}

/// What a person writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Source {
    /// The subject.
    pub subject: String,
    /// The layout, in MJML.
    pub mjml: String,
    /// The same as text.
    pub text: String,
}

impl Source {
    fn part(&self, part: Part) -> &str {
        match part {
            Part::Subject => &self.subject,
            Part::Mjml => &self.mjml,
            Part::Text => &self.text,
        }
    }
}

/// Why a template is none, or what stopped a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}, line {line}: {text}", part.name())]
pub struct TemplateError {
    /// The stable code: `template_too_large`, `template_syntax`, `template_statement`,
    /// `template_operator`, `template_filter`, `template_nested`, `mjml_syntax`,
    /// `template_endless`, `message_too_large` or `template_render`.
    pub code: &'static str,
    /// Where it is.
    pub part: Part,
    /// On which line, from 1; 0 where that is not known.
    pub line: usize,
    /// What is wrong, in words.
    pub text: String,
}

/// What one message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, on one line.
    pub subject: String,
    /// The HTML; empty where the template has no MJML.
    pub html: String,
    /// The text.
    pub text: String,
}

/// A template that is ready to fill in.
pub struct Template {
    source: Source,
    environment: Environment<'static>,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({} bytes)", self.source.mjml.len())
    }
}

impl Template {
    /// Reads a template and lays it out.
    ///
    /// # Errors
    ///
    /// When a part is too large, is not in the language, or is no MJML; with the line.
    pub fn compile(source: Source) -> Result<Self, TemplateError> {
        let size = source.subject.len() + source.mjml.len() + source.text.len();
        if size > LARGEST_SOURCE {
            return Err(TemplateError {
                code: "template_too_large",
                part: Part::Mjml,
                line: 0,
                text: format!("the template has {size} bytes; it may have {LARGEST_SOURCE}"),
            });
        }
        for part in Part::ALL {
            check_language(part, source.part(part))?;
        }
        let mut environment = environment();
        for part in Part::ALL {
            // MJML is read here for its tags alone: these are the lines that a person sees.
            environment
                .add_template_owned(part.name(), source.part(part).to_owned())
                .map_err(|error| read_error(part, &error))?;
        }
        let html = lay_out(&source.mjml)?;
        environment
            .add_template_owned("html", html)
            .map_err(|error| read_error(Part::Mjml, &error))?;
        environment.remove_template(Part::Mjml.name());
        environment
            .add_template_owned(Part::Text.name(), whole_lines(&source.text))
            .map_err(|error| read_error(Part::Text, &error))?;
        Ok(Self {
            source,
            environment,
        })
    }

    /// What it was compiled from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The message for one guest. Values are text wherever they stand: tags and elements within
    /// them are shown as they are. What the values lack stays empty.
    ///
    /// # Errors
    ///
    /// When it takes more steps or becomes larger than a message may, or compares what can't be
    /// compared.
    pub fn render<V: Serialize + ?Sized>(&self, values: &V) -> Result<Rendered, TemplateError> {
        self.fill_in(&Value::from(minijinja::value::Serde(values)))
    }

    fn fill_in(&self, values: &Value) -> Result<Rendered, TemplateError> {
        let subject = self.part(Part::Subject, "subject", values)?;
        let html = if self.source.mjml.trim().is_empty() {
            String::new()
        } else {
            self.part(Part::Mjml, "html", values)?
        };
        let text = self.part(Part::Text, "text", values)?;
        Ok(Rendered {
            subject: bounded(&one_line(&subject), LONGEST_SUBJECT).to_owned(),
            html,
            text: tidy_lines(&text),
        })
    }

    fn part(&self, part: Part, name: &str, values: &Value) -> Result<String, TemplateError> {
        let mut bounded = Bounded(Vec::with_capacity(4096));
        let template = self
            .environment
            .get_template(name)
            .map_err(|error| read_error(part, &error))?;
        template
            .render_captured_to(values.clone(), &mut bounded)
            .map_err(|error| read_error(part, &error))?;
        String::from_utf8(bounded.0).map_err(|error| TemplateError {
            code: "template_render",
            part,
            line: 0,
            text: error.to_string(),
        })
    }
}

/// A writer that takes no more than a message may hold.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST_OUTPUT {
            return Err(io::Error::other(TooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the message would have more than {LARGEST_OUTPUT} bytes")]
struct TooLarge;

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEEPEST);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|name| match name {
        "html" => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.set_formatter(|out, state, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        let escapes = matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe();
        match value.as_str() {
            Some(text) if escapes => out.write_str(&escape(text)).map_err(Into::into),
            Some(text) => out.write_str(text).map_err(Into::into),
            None if escapes => out
                .write_str(&escape(&value.to_string()))
                .map_err(Into::into),
            None => write!(out, "{value}").map_err(Into::into),
        }
    });
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("title", |text: String| {
        minijinja::filters::title(text.into())
    });
    environment.add_filter("capitalize", |text: String| {
        let mut chars = text.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(chars).collect()
        })
    });
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("default", |value: Value, other: Option<Value>| {
        if value.is_true() {
            value
        } else {
            other.unwrap_or_default()
        }
    });
    environment.add_filter("length", |value: Value| value.len().unwrap_or(0));
    environment.add_filter("join", |values: Value, between: Option<String>| {
        let texts: Vec<String> = values
            .try_iter()
            .map(|values| values.map(|value| value.to_string()).collect())
            .unwrap_or_default();
        texts.join(between.as_deref().unwrap_or(", "))
    });
    environment.add_filter("first", |value: Value| {
        value
            .try_iter()
            .ok()
            .and_then(|mut values| values.next())
            .unwrap_or_default()
    });
    environment.add_filter("paragraphs", paragraphs);
    environment
}

/// Plain words with their line breaks kept: in HTML as paragraphs, escaped; elsewhere as they are.
fn paragraphs(state: &State<'_, '_>, value: &Value) -> Value {
    let text = value.to_string().replace("\r\n", "\n");
    if !matches!(state.auto_escape(), AutoEscape::Html) {
        return Value::from(text.trim());
    }
    let html: String = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let lines = escape(paragraph).replace('\n', "<br>");
            format!("<p style=\"margin:0 0 12px\">{lines}</p>")
        })
        .collect();
    Value::from_safe_string(html)
}

/// Text as it stands in HTML, within elements and within quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // They end nothing in HTML, and show as boxes.
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The text, in which a line that is one statement alone leaves no line behind.
fn whole_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let is_statement = matches!(
            tokens::tags(bare).as_slice(),
            [tag] if tag.kind == Kind::Statement && tag.range == (0..bare.len())
        );
        lines.push_str(if is_statement { bare } else { line });
    }
    lines
}

/// At most one empty line between two others, none at the ends.
fn tidy_lines(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

/// Holds the tags of a part to the language: what is left out could write without end or reach
/// for more than the values.
fn check_language(part: Part, source: &str) -> Result<(), TemplateError> {
    let mut depth = 0_usize;
    for tag in tokens::tags(source) {
        let wrong = |code, text: String| TemplateError {
            code,
            part,
            line: tag.line(source),
            text,
        };
        if tag.kind == Kind::Comment {
            continue;
        }
        let inside = tag.inside(source);
        let words = tokens::words(inside);
        if tag.kind == Kind::Statement {
            let name = match words.first() {
                Some(Word::Path(path)) => path[0],
                _ => "",
            };
            if !STATEMENTS.contains(&name) {
                let known = STATEMENTS.join(", ");
                let name = bounded(name, 40);
                let text = format!("there is no `{name}` here; there are {known}");
                return Err(wrong("template_statement", text));
            }
            match name {
                "if" | "for" => depth += 1,
                "endif" | "endfor" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let text = format!("conditions and loops are nested more than {DEEPEST} deep");
                return Err(wrong("template_nested", text));
            }
            if words
                .iter()
                .any(|word| *word == Word::Path(vec!["recursive"]))
            {
                let text = "a loop does not call itself here".to_owned();
                return Err(wrong("template_statement", text));
            }
        }
        if words.contains(&Word::Sign('*')) {
            return Err(wrong(
                "template_operator",
                "nothing is multiplied here".to_owned(),
            ));
        }
        for pair in words.windows(2) {
            let [Word::Sign('|'), Word::Path(filter)] = pair else {
                continue;
            };
            if filter.len() != 1 || !FILTERS.contains(&filter[0]) {
                let known = FILTERS.join(", ");
                let name = bounded(filter[0], 40);
                let text = format!("there is no filter `{name}`; there are {known}");
                return Err(wrong("template_filter", text));
            }
        }
        let deepest = words
            .iter()
            .scan(0_usize, |depth, word| {
                match word {
                    Word::Sign('(' | '[' | '{') => *depth += 1,
                    Word::Sign(')' | ']' | '}') => *depth = depth.saturating_sub(1),
                    _ => {}
                }
                Some(*depth)
            })
            .max();
        if deepest.is_some_and(|deepest| deepest > DEEPEST) {
            let text = format!("parentheses are nested more than {DEEPEST} deep");
            return Err(wrong("template_nested", text));
        }
    }
    Ok(())
}

/// The HTML of MJML, with the tags in their places.
fn lay_out(mjml: &str) -> Result<String, TemplateError> {
    if mjml.trim().is_empty() {
        return Ok(String::new());
    }
    let wrong = |text: String| TemplateError {
        code: "mjml_syntax",
        part: Part::Mjml,
        line: mjml_line(&text, mjml),
        text,
    };
    let deepest = mjml
        .match_indices('<')
        .scan(0_isize, |depth, (at, _)| {
            *depth += if mjml[at..].starts_with("</") { -1 } else { 1 };
            Some(*depth)
        })
        .max()
        .unwrap_or(0);
    // Elements without an end, such as `<br>` and `<mj-divider/>`, count too; hence the room.
    if deepest > 4000 {
        return Err(wrong("elements are nested too deep".to_owned()));
    }
    let veiled = tokens::veil(mjml);
    let options = ParserOptions::default();
    let parsed = mrml::parse_with_options(&veiled.text, &options)
        .map_err(|error| wrong(veiled.unveil(&error.to_string())))?;
    let options = RenderOptions {
        // Nothing is fetched from elsewhere when a message is opened.
        fonts: std::collections::HashMap::new(),
        ..RenderOptions::default()
    };
    let html = parsed
        .element
        .render(&options)
        .map_err(|error| wrong(veiled.unveil(&error.to_string())))?;
    Ok(veiled.unveil(&html))
}

/// The line that an error of MJML speaks of, where it quotes something of the source.
fn mjml_line(error: &str, mjml: &str) -> usize {
    error
        .split('"')
        .nth(1)
        .and_then(|quoted| mjml.find(quoted))
        .map_or(0, |at| tokens::line_at(mjml, at))
}

fn read_error(part: Part, error: &minijinja::Error) -> TemplateError {
    let code = match error.kind() {
        ErrorKind::SyntaxError => "template_syntax",
        ErrorKind::OutOfFuel => "template_endless",
        ErrorKind::WriteFailure => "message_too_large",
        ErrorKind::UnknownFilter => "template_filter",
        _ => "template_render",
    };
    let text = match code {
        "template_endless" => "the message takes more steps than one may".to_owned(),
        "message_too_large" => TooLarge.to_string(),
        _ => {
            let text = error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned);
            bounded(&one_line(&text), 300).to_owned()
        }
    };
    TemplateError {
        code,
        part,
        // Lines of finished HTML tell a person nothing.
        line: match error.name() {
            Some("html") => 0,
            _ => error.line().unwrap_or(0),
        },
        text,
    }
}
