//! Which codes are in view: each is told once when it comes, and again only after it was away.

use std::collections::VecDeque;
use std::time::Duration;

use gatehouse_credential::qr::Effort;

/// Codes that are remembered at most; the one that was longest away is forgotten first.
const MOST: usize = 128;
/// A code that no look saw for so long is away, however seldom one looked hard enough.
const SURELY_AWAY: Duration = Duration::from_secs(10);
/// A code that only a harder look reads is looked for so soon again, also before a camera or on a
/// machine so slow that no harder look is due by then.
const OVERDUE: Duration = Duration::from_secs(4);

/// The codes that were in view lately.
#[derive(Debug)]
pub(super) struct Presence {
    /// How long a code must be away before it counts as presented again.
    away: Duration,
    /// Those seen longest ago in front.
    known: VecDeque<Known>,
}

#[derive(Debug)]
struct Known {
    text: String,
    last_seen: Duration,
    /// The least effort that read it while it was in view: a weaker look that does not see it
    /// says nothing.
    effort: Effort,
    /// Since when looks of that effort do not see it.
    missed_since: Option<Duration>,
}

impl Known {
    /// It would come again if it were seen at this moment.
    fn is_away(&self, now: Duration, away: Duration) -> bool {
        let since = |then: Duration| now.saturating_sub(then);
        self.missed_since
            .is_some_and(|missed| since(missed) >= away)
            || since(self.last_seen) >= SURELY_AWAY.max(away)
    }
}

impl Presence {
    pub(super) fn new(away: Duration) -> Self {
        Self {
            away,
            known: VecDeque::new(),
        }
    }

    /// Takes what a look of some effort read in the frame of a moment, and tells for each text
    /// whether it has come into view with it. The same text twice in one frame comes once.
    ///
    /// Looks may be told late, after others at later frames.
    pub(super) fn see<'a>(
        &mut self,
        now: Duration,
        effort: Effort,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Vec<bool> {
        let mut come = Vec::new();
        let mut seen = Vec::new();
        for text in texts {
            let known = self.known.iter().position(|known| known.text == text);
            let mut entry = match known.and_then(|at| self.known.remove(at)) {
                Some(entry) => entry,
                None => {
                    if self.known.len() == MOST {
                        self.known.pop_front();
                    }
                    come.push(true);
                    seen.push(text);
                    self.known.push_back(Known {
                        text: text.to_owned(),
                        last_seen: now,
                        effort,
                        missed_since: None,
                    });
                    continue;
                }
            };
            let back = entry.is_away(now, self.away);
            come.push(back);
            seen.push(text);
            entry.effort = if back {
                effort
            } else {
                entry.effort.min(effort)
            };
            // A look at an older frame than the last takes nothing back.
            if now >= entry.last_seen {
                entry.last_seen = now;
                entry.missed_since = None;
            }
            self.known.push_back(entry);
        }
        for entry in &mut self.known {
            let looked = effort >= entry.effort && now > entry.last_seen;
            if looked && !seen.contains(&entry.text.as_str()) {
                entry.missed_since.get_or_insert(now);
            }
        }
        come
    }

    /// What the codes say that came and have not gone.
    pub(super) fn in_view(&self, now: Duration) -> Vec<String> {
        self.there(now).map(|known| known.text.clone()).collect()
    }

    /// The look that would tell whether a code is there still, where none did for long.
    pub(super) fn overdue(&self, now: Duration) -> Option<Effort> {
        self.there(now)
            .filter(|known| now.saturating_sub(known.last_seen) >= OVERDUE)
            .map(|known| known.effort)
            .filter(|effort| *effort > Effort::Quick)
            .max()
    }

    fn there(&self, now: Duration) -> impl Iterator<Item = &Known> {
        let away = self.away;
        self.known
            .iter()
            .filter(move |known| !known.is_away(now, away))
    }
}

#[cfg(test)]
mod tests {
    use super::super::effort::{Climb, Ladder};
    use super::*;

    /// Looks at a moment (ms) with an effort; the texts that it read, and which of them came.
    type Look<'a> = (u64, Effort, &'a [&'a str], &'a [&'a str]);

    fn check(name: &str, looks: &[Look<'_>]) {
        let mut presence = Presence::new(Duration::from_secs(2));
        for (ms, effort, texts, wanted) in looks {
            let come = presence.see(Duration::from_millis(*ms), *effort, texts.iter().copied());
            let come: Vec<&str> = texts
                .iter()
                .zip(come)
                .filter(|pair| pair.1)
                .map(|pair| *pair.0)
                .collect();
            assert_eq!(come, *wanted, "{name} at {ms}");
        }
    }

    #[test]
    fn a_code_comes_once_and_again_after_it_was_away() {
        use Effort::{Normal, Quick, Thorough};
        check(
            "stays in view",
            &[
                (0, Quick, &["A"], &["A"]),
                (33, Quick, &["A"], &[]),
                (60_000, Quick, &["A"], &["A"]),
                (60_033, Quick, &["A"], &[]),
            ],
        );
        check(
            "flickers",
            &[
                (0, Quick, &["A"], &["A"]),
                (33, Quick, &[], &[]),
                (1_000, Quick, &["A"], &[]),
                (1_033, Quick, &[], &[]),
                (3_032, Quick, &["A"], &[]),
                (3_065, Quick, &[], &[]),
                (5_065, Quick, &["A"], &["A"]),
            ],
        );
        check(
            "several are told apart",
            &[
                (0, Quick, &["A", "B"], &["A", "B"]),
                (500, Quick, &["B", "C"], &["C"]),
                (1_000, Quick, &["B", "A"], &[]),
                (2_000, Quick, &["B"], &[]),
                (4_000, Quick, &["A", "B"], &["A"]),
            ],
        );
        check(
            "twice in one frame",
            &[
                (0, Quick, &["A", "A"], &["A"]),
                (33, Quick, &["A", "A"], &[]),
            ],
        );
        check(
            "one that only a thorough look reads",
            &[
                (0, Thorough, &["A"], &["A"]),
                (2_500, Quick, &[], &[]),
                (5_000, Thorough, &["A"], &[]),
                (6_000, Normal, &[], &[]),
                (7_000, Thorough, &[], &[]),
                (9_000, Thorough, &["A"], &["A"]),
            ],
        );
        check(
            "one that a quick look reads at last",
            &[
                (0, Thorough, &["A"], &["A"]),
                (500, Quick, &["A"], &[]),
                (600, Quick, &[], &[]),
                (2_600, Quick, &["A"], &["A"]),
            ],
        );
        check(
            "looks that are told late",
            &[
                (1_000, Quick, &["A"], &["A"]),
                (1_100, Quick, &[], &[]),
                (900, Thorough, &["A"], &[]),
                (3_200, Quick, &["A"], &["A"]),
            ],
        );
        check(
            "frames that stop coming",
            &[
                (0, Quick, &["A"], &["A"]),
                (9_000, Quick, &["A"], &[]),
                (19_000, Quick, &["A"], &["A"]),
            ],
        );
    }

    #[test]
    fn what_is_hard_to_read_and_stays_comes_once_however_slow_the_camera_is() {
        for apart in [33, 66, 100, 200, 500, 1_000] {
            let mut presence = Presence::new(Duration::from_secs(2));
            let mut climb = Climb::new(Ladder::default());
            let mut came = 0;
            for now in (0..300_000).step_by(apart).map(Duration::from_millis) {
                presence.see(now, Effort::Quick, []);
                climb.missed(false);
                let Some(effort) = climb.due().max(presence.overdue(now)) else {
                    continue;
                };
                climb.taken(effort);
                let read = (effort == Effort::Thorough).then_some("A");
                let come = presence.see(now, effort, read);
                came += come.into_iter().filter(|came| *came).count();
            }
            assert_eq!(came, 1, "frames {apart} ms apart");
        }
    }

    #[test]
    fn what_went_is_in_view_no_more_and_no_longer_looked_for() {
        let mut presence = Presence::new(Duration::from_secs(2));
        let at = Duration::from_millis;
        presence.see(at(0), Effort::Thorough, ["A"]);
        presence.see(at(0), Effort::Quick, ["B"]);
        presence.see(at(100), Effort::Quick, []);
        // When; what is in view; what is looked for.
        let table: [(u64, &[&str], Option<Effort>); 4] = [
            (100, &["A", "B"], None),
            (2_100, &["A"], None),
            (4_000, &["A"], Some(Effort::Thorough)),
            (10_000, &[], None),
        ];
        for (ms, texts, look) in table {
            assert_eq!(presence.in_view(at(ms)), texts, "at {ms}");
            assert_eq!(presence.overdue(at(ms)), look, "at {ms}");
        }
        presence.see(at(4_100), Effort::Thorough, []);
        assert_eq!(presence.overdue(at(5_000)), Some(Effort::Thorough));
        assert_eq!(presence.overdue(at(6_100)), None);
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let mut presence = Presence::new(Duration::from_secs(2));
        for n in 0..1_000 {
            let text = n.to_string();
            let come = presence.see(Duration::from_millis(n), Effort::Quick, [text.as_str()]);
            assert_eq!(come, [true]);
            assert!(presence.known.len() <= MOST);
        }
        let come = presence.see(Duration::from_millis(1_000), Effort::Quick, ["999", "0"]);
        assert_eq!(come, [false, true]);
    }
}
