//! What guests' pages say, in each language, and how they are put together.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::value::{Kwargs, Serde};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

use crate::problem::Problem;

/// The texts of one language.
#[derive(Debug)]
pub(super) struct Words {
    /// BCP 47 tag.
    pub(super) language: &'static str,
    /// What the language calls itself.
    pub(super) own_name: &'static str,
    texts: BTreeMap<String, String>,
    /// The texts as the templates see them.
    shown: Value,
}

impl Words {
    /// A text; its key where there is none, which the tests don't let happen.
    pub(super) fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// `rtl` for a language that is read from the right.
    pub(super) fn direction(&self) -> &'static str {
        direction(self.language)
    }
}

/// Where lines begin in a language: `rtl` or `ltr`.
pub(super) fn direction(language: &str) -> &'static str {
    match primary(language) {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ku" | "nqo" | "ps" | "sd" | "syr" | "ug"
        | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or_default()
}

/// Every language, with the usual one first.
pub(super) static LANGUAGES: LazyLock<[Words; 3]> = LazyLock::new(|| {
    [
        read(
            "en",
            "English",
            include_str!("../../../../../assets/guest/words/en.json"),
        ),
        read(
            "es",
            "Español",
            include_str!("../../../../../assets/guest/words/es.json"),
        ),
        read(
            "fr",
            "Français",
            include_str!("../../../../../assets/guest/words/fr.json"),
        ),
    ]
});

fn read(language: &'static str, own_name: &'static str, json: &str) -> Words {
    let texts: BTreeMap<String, String> = serde_json::from_str(json)
        .expect("the texts are part of the program, and a test reads them");
    Words {
        language,
        own_name,
        shown: Value::from(Serde(&texts)),
        texts,
    }
}

/// The first of these languages that there are words in; the usual one where there is none.
pub(super) fn words_for(wanted: &[&str]) -> &'static Words {
    let languages: &'static [Words; 3] = &LANGUAGES;
    wanted
        .iter()
        .find_map(|wanted| {
            let tag = wanted.to_ascii_lowercase();
            languages
                .iter()
                .find(|words| words.language == primary(&tag))
        })
        .unwrap_or(&languages[0])
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("fill", |text: String, values: Kwargs| fill(&text, &values));
    for (name, source) in [
        (
            "base.html",
            include_str!("../../../../../assets/guest/base.html"),
        ),
        (
            "fields.html",
            include_str!("../../../../../assets/guest/fields.html"),
        ),
        (
            "invitation.html",
            include_str!("../../../../../assets/guest/invitation.html"),
        ),
        (
            "confirm.html",
            include_str!("../../../../../assets/guest/confirm.html"),
        ),
        (
            "preferences.html",
            include_str!("../../../../../assets/guest/preferences.html"),
        ),
        (
            "notice.html",
            include_str!("../../../../../assets/guest/notice.html"),
        ),
    ] {
        environment
            .add_template(name, source)
            .expect("the templates are part of the program, and a test renders them");
    }
    environment
});

/// Puts values in the place of their names in braces.
fn fill(text: &str, values: &Kwargs) -> Result<String, Error> {
    let names: Vec<String> = values.args().map(str::to_owned).collect();
    let mut filled = text.to_owned();
    for name in names {
        let value: String = values.get::<Value>(&name)?.to_string();
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    Ok(filled)
}

/// A page in a language: the template with what it shows, everything escaped.
pub(super) fn render(template: &str, words: &Words, shown: Value) -> Result<String, Problem> {
    let languages: Vec<BTreeMap<&str, &str>> = LANGUAGES
        .iter()
        .map(|w| BTreeMap::from([("tag", w.language), ("name", w.own_name)]))
        .collect();
    let page = minijinja::context! {
        t => &words.shown,
        lang => words.language,
        dir => words.direction(),
        languages => Serde(languages),
        ..shown
    };
    TEMPLATES
        .get_template(template)
        .and_then(|template| template.render(page))
        .map_err(|error| {
            tracing::error!(%error, template, "a guest's page can't be put together");
            Problem::new(
                "page_failed",
                "the page could not be put together; the log of this machine says why",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_with_the_same_values() {
        let places = |text: &str| {
            let mut places: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            places.sort();
            places
        };
        let usual = &LANGUAGES[0];
        for words in LANGUAGES.iter() {
            assert!(
                words.texts.keys().eq(usual.texts.keys()),
                "{}: {:?} are not {:?}",
                words.language,
                words.texts.keys(),
                usual.texts.keys()
            );
            for (key, text) in &words.texts {
                assert!(!text.trim().is_empty(), "{} {key}", words.language);
                assert_eq!(
                    places(text),
                    places(usual.text(key)),
                    "{} {key}",
                    words.language
                );
            }
        }
    }

    #[test]
    fn the_first_language_with_words_is_taken() {
        for (wanted, found) in [
            (&["fr-CA", "es"][..], "fr"),
            (&["de", "es-MX"], "es"),
            (&["FR"], "fr"),
            (&["de"], "en"),
            (&[""], "en"),
            (&[], "en"),
        ] {
            assert_eq!(words_for(wanted).language, found, "{wanted:?}");
        }
    }

    #[test]
    fn languages_read_from_the_right_turn_the_page() {
        for (language, expected) in [
            ("ar", "rtl"),
            ("he-IL", "rtl"),
            ("fa", "rtl"),
            ("en", "ltr"),
            ("arn", "ltr"),
        ] {
            assert_eq!(direction(language), expected, "{language}");
        }
    }

    #[test]
    fn values_are_filled_in_and_escaped() {
        let mut environment = TEMPLATES.clone();
        environment
            .add_template("try.html", "{{ 'Hello {name}' | fill(name=given) }}")
            .unwrap();
        let page = environment.get_template("try.html").unwrap();
        let shown = page
            .render(minijinja::context! { given => "<b>{name}</b>" })
            .unwrap();
        assert_eq!(shown, "Hello &lt;b&gt;{name}&lt;&#x2f;b&gt;");
    }
}
