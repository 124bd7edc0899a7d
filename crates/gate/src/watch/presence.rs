//! Which codes are in view: each is told once when it comes, and again only after it was away.

use std::collections::VecDeque;
use std::time::Duration;

use gatehouse_credential::qr::Effort;

/// Codes that are remembered at most; the one that was longest away is forgotten first.
const MOST: usize = 128;
/// A code that no look saw for so long is away, however seldom one looked hard enough.
const SURELY_AWAY: Duration = Duration::from_secs(10);

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
            let gone = now.saturating_sub(entry.last_seen);
            let missed = entry
                .missed_since
                .map_or(Duration::ZERO, |since| now.saturating_sub(since));
            let back = missed >= self.away || gone >= SURELY_AWAY.max(self.away);
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
}

#[cfg(test)]
mod tests {
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
