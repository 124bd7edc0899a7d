//! The tags of a template: where they stand, what they name, and how they pass through MJML.

use std::ops::Range;

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{ … }}`
    Print,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
}

/// One tag of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) kind: Kind,
    /// Where it stands, its braces included.
    pub(super) range: Range<usize>,
}

impl Tag {
    /// What stands between its braces.
    pub(super) fn inside<'a>(&self, source: &'a str) -> &'a str {
        let whole = &source[self.range.clone()];
        let inner = whole.get(2..whole.len().saturating_sub(2)).unwrap_or("");
        inner
            .trim_start_matches(['-', '+'])
            .trim_end_matches(['-', '+'])
            .trim()
    }

    /// The line it begins on, from 1.
    pub(super) fn line(&self, source: &str) -> usize {
        line_at(source, self.range.start)
    }
}

/// The line of a place in a text, from 1.
pub(super) fn line_at(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

/// All tags in order. One that does not end reaches to the end of the text.
pub(super) fn tags(source: &str) -> Vec<Tag> {
    let bytes = source.as_bytes();
    let mut tags = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        let kind = match (bytes[at], bytes[at + 1]) {
            (b'{', b'{') => Kind::Print,
            (b'{', b'%') => Kind::Statement,
            (b'{', b'#') => Kind::Comment,
            _ => {
                at += 1;
                continue;
            }
        };
        let end = end_of(bytes, at + 2, kind);
        tags.push(Tag {
            kind,
            range: at..end,
        });
        at = end;
    }
    tags
}

fn end_of(bytes: &[u8], mut at: usize, kind: Kind) -> usize {
    let closing: &[u8; 2] = match kind {
        Kind::Print => b"}}",
        Kind::Statement => b"%}",
        Kind::Comment => b"#}",
    };
    let mut quote = None;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if kind != Kind::Comment && matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if bytes[at..].starts_with(closing) => return at + 2,
            None => {}
        }
        at += 1;
    }
    bytes.len()
}

/// A word, sign or text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// A name and the names behind its dots: `guest.name`.
    Path(Vec<&'a str>),
    /// A text or number.
    Literal,
    /// Any other sign.
    Sign(char),
}

/// The words of an expression.
pub(super) fn words(expression: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        if first.is_alphabetic() || first == '_' {
            let end = |text: &str| {
                text.find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(text.len())
            };
            let mut path = Vec::new();
            loop {
                let (name, behind) = rest.split_at(end(rest));
                path.push(name);
                rest = behind;
                match rest.strip_prefix('.') {
                    Some(behind) if behind.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                        rest = behind;
                    }
                    _ => break,
                }
            }
            words.push(Word::Path(path));
        } else if first == '"' || first == '\'' {
            let mut escaped = false;
            let end = rest[1..]
                .char_indices()
                .find(|(_, c)| {
                    let ends = *c == first && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                })
                .map_or(rest.len(), |(at, c)| 1 + at + c.len_utf8());
            words.push(Word::Literal);
            rest = &rest[end..];
        } else if first.is_ascii_digit() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
                .unwrap_or(rest.len());
            words.push(Word::Literal);
            rest = &rest[end..];
        } else {
            words.push(Word::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
        rest = rest.trim_start();
    }
    words
}

/// Words of the language that name nothing.
const KEYWORDS: [&str; 17] = [
    "and", "or", "not", "in", "is", "if", "else", "elif", "endif", "for", "endfor", "true",
    "false", "none", "True", "False", "None",
];

/// The paths that an expression reads: no keywords, no filters, no tests, no names of arguments.
pub(super) fn paths(expression: &str) -> Vec<Vec<&str>> {
    let words = words(expression);
    let mut paths = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Word::Path(path) = word else { continue };
        if KEYWORDS.contains(&path[0]) && path.len() == 1 {
            continue;
        }
        let before = at.checked_sub(1).map(|before| &words[before]);
        let two_before = at.checked_sub(2).map(|before| &words[before]);
        let is = |word: Option<&Word<'_>>, name: &str| matches!(word, Some(Word::Path(path)) if path.as_slice() == [name]);
        let is_filter = before == Some(&Word::Sign('|'));
        let is_test = is(before, "is") || (is(before, "not") && is(two_before, "is"));
        let is_argument = words.get(at + 1) == Some(&Word::Sign('='))
            && words.get(at + 2) != Some(&Word::Sign('='))
            && path.len() == 1;
        let is_member = before == Some(&Word::Sign('.'));
        if !is_filter && !is_test && !is_argument && !is_member {
            paths.push(path.clone());
        }
    }
    paths
}

/// Elements of MJML that hold elements alone: a tag there stands between them, not in a text.
const HOLDERS: [&str; 12] = [
    "mjml",
    "mj-head",
    "mj-body",
    "mj-section",
    "mj-column",
    "mj-wrapper",
    "mj-group",
    "mj-hero",
    "mj-social",
    "mj-navbar",
    "mj-accordion",
    "mj-carousel",
];

/// A source whose tags are replaced by words that MJML passes through untouched.
pub(super) struct Veiled {
    pub(super) text: String,
    mark: String,
    tags: Vec<String>,
}

/// Veils the tags of a source; those between elements are wrapped so that MJML lets them be.
pub(super) fn veil(source: &str) -> Veiled {
    let mut mark = String::from("ghv");
    while source.contains(&mark) {
        mark.push('v');
    }
    let mut veiled = Veiled {
        text: String::with_capacity(source.len() * 2),
        mark,
        tags: Vec::new(),
    };
    let mut elements = Elements::default();
    let mut at = 0;
    for tag in tags(source) {
        let before = &source[at..tag.range.start];
        elements.read(before);
        veiled.text.push_str(before);
        let word = format!("{}{}x", veiled.mark, veiled.tags.len());
        if elements.is_between() {
            veiled.text.push_str("<mj-raw>");
            veiled.text.push_str(&word);
            veiled.text.push_str("</mj-raw>");
        } else {
            veiled.text.push_str(&word);
        }
        veiled.tags.push(source[tag.range.clone()].to_owned());
        at = tag.range.end;
    }
    veiled.text.push_str(&source[at..]);
    veiled
}

impl Veiled {
    /// The text with the tags back in their places.
    pub(super) fn unveil(&self, text: &str) -> String {
        let mut whole = String::with_capacity(text.len() * 2);
        let mut rest = text;
        while let Some(at) = rest.find(&self.mark) {
            whole.push_str(&rest[..at]);
            let behind = &rest[at + self.mark.len()..];
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            let tag = behind[digits..]
                .starts_with('x')
                .then(|| behind[..digits].parse::<usize>().ok())
                .flatten()
                .and_then(|number| self.tags.get(number));
            if let Some(tag) = tag {
                whole.push_str(tag);
                rest = &behind[digits + 1..];
            } else {
                whole.push_str(&self.mark);
                rest = behind;
            }
        }
        whole.push_str(rest);
        whole
    }
}

/// The elements that are open at a place in MJML.
#[derive(Default)]
struct Elements {
    open: Vec<String>,
    /// What was read of an element's own tag, where the place is within one.
    tag: Option<String>,
    comment: bool,
}

impl Elements {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        loop {
            if self.comment {
                let Some(end) = rest.find("-->") else { return };
                self.comment = false;
                rest = &rest[end + 3..];
            } else if let Some(tag) = &mut self.tag {
                let Some(end) = rest.find('>') else {
                    tag.push_str(rest);
                    return;
                };
                tag.push_str(&rest[..end]);
                let tag = std::mem::take(tag);
                self.tag = None;
                self.close(&tag);
                rest = &rest[end + 1..];
            } else {
                let Some(start) = rest.find('<') else { return };
                rest = &rest[start..];
                if let Some(behind) = rest.strip_prefix("<!--") {
                    self.comment = true;
                    rest = behind;
                } else {
                    self.tag = Some(String::new());
                    rest = &rest[1..];
                }
            }
        }
    }

    fn close(&mut self, tag: &str) {
        let name = |text: &str| -> String {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | ':'))
                .collect()
        };
        if let Some(ended) = tag.strip_prefix('/') {
            let ended = name(ended);
            if let Some(at) = self.open.iter().rposition(|open| *open == ended) {
                self.open.truncate(at);
            }
        } else if !tag.ends_with('/') && !tag.starts_with(['!', '?']) {
            self.open.push(name(tag));
        }
    }

    fn is_between(&self) -> bool {
        !self.comment
            && self.tag.is_none()
            && self
                .open
                .last()
                .is_some_and(|open| HOLDERS.contains(&open.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tags_past_quotes() {
        let source = "a {{ \"}}\" }} b {% if x < '%}' %}{# } #} {{ open";
        let found: Vec<&str> = tags(source)
            .iter()
            .map(|tag| &source[tag.range.clone()])
            .collect();
        assert_eq!(
            found,
            ["{{ \"}}\" }}", "{% if x < '%}' %}", "{# } #}", "{{ open"]
        );
    }

    #[test]
    fn reads_paths_and_nothing_else() {
        let read =
            paths("guest.name|default(value=party.number) is not none and 'a.b' ~ codes[0].seat");
        let wanted = [&["guest", "name"][..], &["party", "number"], &["codes"]];
        assert_eq!(read, wanted);
    }

    #[test]
    fn gives_back_what_it_veiled() {
        let source = "<mjml><mj-body>{% if a < b %}<mj-section color=\"{{ c }}\"><mj-column>\
                      <mj-text>{{ d }} ghv</mj-text></mj-column></mj-section>{% endif %}</mj-body></mjml>";
        let veiled = veil(source);
        assert!(
            veiled
                .text
                .contains("<mj-body><mj-raw>ghvv0x</mj-raw><mj-section color=\"ghvv1x\"")
        );
        assert!(veiled.text.contains("<mj-text>ghvv2x ghv</mj-text>"));
        let plain = veiled.text.replace("<mj-raw>", "").replace("</mj-raw>", "");
        assert_eq!(veiled.unveil(&plain), source);
        assert_eq!(veiled.unveil("ghvv99x ghvv ghvvx"), "ghvv99x ghvv ghvvx");
    }
}
