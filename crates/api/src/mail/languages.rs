//! In which language somebody is written to.

use std::sync::Arc;

use gatehouse_domain::delivery::MessageKind;
use gatehouse_mail::{Template, gallery};

use super::templates::WordingFinding;
use crate::home::EventHome;
use crate::problem::Problem;

/// What a kind of message says in each language that there are words in.
pub(crate) struct Spoken(Vec<(String, Result<Arc<Template>, Problem>)>);

impl Spoken {
    /// Reads the wordings of a kind, the organizer's own and the usual ones.
    pub(super) fn read(home: &EventHome, kind: MessageKind) -> Result<Self, Problem> {
        let made = languages_of(home, kind)?.into_iter().map(|language| {
            let read = home.wording(kind, &language);
            let template = read.and_then(|view| {
                view.wording.check_fit()?;
                view.wording.compile().map(Arc::new)
            });
            (language, template)
        });
        Ok(Self(made.collect()))
    }

    /// The language that serves for somebody whose own is this one, with what is said in it.
    pub(super) fn to(&self, own: &str) -> (&str, Result<Arc<Template>, Problem>) {
        let languages: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        let (language, template) = &self.0[nearest(&languages, own)];
        (language, template.clone())
    }
}

impl EventHome {
    /// The language in which somebody gets this kind of message whose own is this one.
    pub(super) fn language_to(&self, kind: MessageKind, own: &str) -> Result<String, Problem> {
        let mut languages = languages_of(self, kind)?;
        let names: Vec<&str> = languages.iter().map(String::as_str).collect();
        let at = nearest(&names, own);
        Ok(languages.swap_remove(at))
    }

    /// Why a kind of message can't be sent in one of its languages; none where it can in all.
    pub(super) fn unfit_wording(
        &self,
        kind: MessageKind,
    ) -> Result<Option<WordingFinding>, Problem> {
        for language in languages_of(self, kind)? {
            let found = self.wording(kind, &language)?.wording.findings()?;
            if let Some(unfit) = found.into_iter().find(|found| found.blocks) {
                return Ok(Some(unfit));
            }
        }
        Ok(None)
    }
}

/// The event's language, those of the organizer's own wordings of a kind, and those of the gallery
/// that none of them stands for; not these where the organizer's own words stand in the event's
/// language, since nothing usual says the same.
fn languages_of(home: &EventHome, kind: MessageKind) -> Result<Vec<String>, Problem> {
    let mut languages = vec![home.event().language.clone()];
    let mut own = home.file().read(|view| view.message_templates())?;
    own.retain(|one| one.kind == kind);
    for one in &own {
        if !languages.contains(&one.language) {
            languages.push(one.language.clone());
        }
    }
    let own_words = own.iter().any(|one| one.language == home.event().language);
    for known in gallery::LANGUAGES.into_iter().filter(|_| !own_words) {
        if !languages.iter().any(|language| primary(language) == known) {
            languages.push(known.to_owned());
        }
    }
    Ok(languages)
}

/// Which of these serves for a language: itself, else one of the same first part, else the first.
fn nearest(languages: &[&str], own: &str) -> usize {
    let same = |known: &&str| known.eq_ignore_ascii_case(own);
    let akin = |known: &&str| primary(known) == primary(own);
    let found = languages.iter().position(same);
    found
        .or_else(|| languages.iter().position(akin))
        .unwrap_or(0)
}

/// The language without script and region.
fn primary(language: &str) -> String {
    let first = language.split(['-', '_']).next().unwrap_or_default();
    first.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_language_is_served_by_itself_then_by_its_kind_then_by_the_events() {
        let spoken = ["en-GB", "pt-BR", "es", "fr"];
        for (own, expected) in [
            ("", "en-GB"),
            ("en", "en-GB"),
            ("EN-gb", "en-GB"),
            ("fr", "fr"),
            ("fr-CA", "fr"),
            ("pt", "pt-BR"),
            ("de", "en-GB"),
        ] {
            assert_eq!(spoken[nearest(&spoken, own)], expected, "{own}");
        }
    }
}
