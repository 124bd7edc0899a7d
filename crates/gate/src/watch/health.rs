//! How the source is doing: what is told at once, and when it is well again.

use std::time::Duration;

use super::glance::Glance;
use crate::source::SourceError;

/// What is wrong, in words for people and in one for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable word, such as `camera_lost`.
    pub code: &'static str,
    /// What happened, what was kept and what to do.
    pub message: String,
}

impl From<&SourceError> for Fault {
    fn from(error: &SourceError) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
        }
    }
}

/// How the source of frames is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is being opened and has given no frame yet.
    Opening,
    /// Frames come.
    Ok,
    /// It is gone, or can't be opened; it is tried again.
    Lost(Fault),
    /// Another program has it; it is tried again.
    Busy(Fault),
    /// Frames come, and there is no light in them.
    Black,
    /// No frames come any more, or the same one again and again.
    Frozen,
    /// There are no more frames: a recording is over, or broke off for the reason given.
    Ended(Option<Fault>),
}

impl State {
    /// A stable word, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Ok => "ok",
            Self::Lost(_) => "lost",
            Self::Busy(_) => "busy",
            Self::Black => "black",
            Self::Frozen => "frozen",
            Self::Ended(_) => "ended",
        }
    }

    /// What is wrong, where the source said.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Lost(fault) | Self::Busy(fault) => Some(fault),
            Self::Ended(fault) => fault.as_ref(),
            _ => None,
        }
    }
}

/// From when on something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long opening may take before the camera counts as lost.
    pub opening: Duration,
    /// How long frames must be black.
    pub black: Duration,
    /// How long there must be light again.
    pub lit: Duration,
    /// How long the same frame, or none, must come.
    pub frozen: Duration,
    /// How many frames that differ it takes to be well again.
    pub thawed: u32,
    /// How long no frame must come before the source counts as lost and is opened anew; so long
    /// the same one must come before it is opened anew.
    pub silent: Duration,
    /// How long at most a source that gives the same frame again after it was opened anew is let
    /// be before the next try.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            black: Duration::from_millis(600),
            lit: Duration::from_millis(200),
            frozen: Duration::from_millis(1_500),
            thawed: 3,
            silent: Duration::from_secs(5),
            patience: Duration::from_secs(60),
        }
    }
}

/// Judges the source by its frames and its silence; time is passed in and never goes back.
#[derive(Debug)]
pub(super) struct Health {
    limits: Limits,
    state: State,
    /// When the source was last heard of: asked to open, opened, or a frame.
    heard: Duration,
    /// Frames came since it was opened.
    flowing: bool,
    black_since: Option<Duration>,
    lit_since: Option<Duration>,
    same_since: Option<Duration>,
    /// Differing frames in a row.
    differing: u32,
    /// How long the same frame must come before the source is opened anew; longer after each try
    /// that did not help.
    still: Duration,
}

impl Health {
    pub(super) fn new(limits: Limits, now: Duration) -> Self {
        Self {
            limits,
            state: State::Opening,
            heard: now,
            flowing: false,
            black_since: None,
            lit_since: None,
            same_since: None,
            differing: 0,
            still: limits.silent,
        }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// The source was asked to open, or did; what was wrong stands until a frame comes.
    pub(super) fn opening(&mut self, now: Duration) {
        self.heard = now;
        self.flowing = false;
        (self.black_since, self.lit_since, self.same_since) = (None, None, None);
        self.differing = 0;
    }

    /// The source failed.
    pub(super) fn failed(&mut self, error: &SourceError, now: Duration) -> Option<State> {
        self.opening(now);
        let fault = Fault::from(error);
        self.turn(match error {
            SourceError::CameraBusy { .. } => State::Busy(fault),
            _ => State::Lost(fault),
        })
    }

    /// The source is over.
    pub(super) fn ended(&mut self, fault: Option<Fault>) -> Option<State> {
        self.turn(State::Ended(fault))
    }

    /// A frame came; `before` is the one before it, where the two may be compared.
    pub(super) fn frame(
        &mut self,
        glance: &Glance,
        before: Option<&Glance>,
        now: Duration,
    ) -> Option<State> {
        self.heard = now;
        self.flowing = true;
        self.black_since = glance.is_black().then(|| self.black_since.unwrap_or(now));
        self.lit_since = glance.is_lit().then(|| self.lit_since.unwrap_or(now));
        if before.is_some_and(|before| glance.is_same(before)) {
            self.same_since.get_or_insert(now);
            self.differing = 0;
        } else {
            self.same_since = None;
            self.differing = self.differing.saturating_add(1);
        }
        let lasted = |since: Option<Duration>, limit| {
            since.is_some_and(|since| now.saturating_sub(since) >= limit)
        };
        let black = lasted(self.black_since, self.limits.black);
        let lit = lasted(self.lit_since, self.limits.lit);
        let same = lasted(self.same_since, self.limits.frozen);
        let next = match &self.state {
            State::Black if !lit => return None,
            _ if black => State::Black,
            // A source that starts in the dark is not well before it saw light.
            State::Opening | State::Lost(_) | State::Busy(_) if glance.is_black() => return None,
            _ if same => State::Frozen,
            State::Frozen if self.differing < self.limits.thawed => return None,
            _ => State::Ok,
        };
        self.turn(next)
    }

    /// No frame came until now.
    pub(super) fn silence(&mut self, now: Duration) -> Option<State> {
        let silent = now.saturating_sub(self.heard);
        match self.state {
            State::Opening if silent >= self.limits.opening => {
                self.turn(State::Lost(Fault::from(&SourceError::CameraSilent)))
            }
            State::Ok | State::Black | State::Frozen if silent >= self.limits.silent => {
                self.turn(State::Lost(Fault::from(&SourceError::CameraSilent)))
            }
            State::Ok | State::Black if silent >= self.limits.frozen => {
                self.differing = 0;
                self.turn(State::Frozen)
            }
            _ => None,
        }
    }

    /// The source was opened or asked to, and has kept silent for so long that it should be
    /// opened anew, from another thread if need be.
    pub(super) fn is_stuck(&self, now: Duration) -> bool {
        let limit = if self.flowing {
            self.limits.silent
        } else {
            self.limits.opening
        };
        now.saturating_sub(self.heard) >= limit && !matches!(self.state, State::Ended(_))
    }

    /// The same frame has come for so long that the source should be opened anew; the next try
    /// comes later than this one.
    pub(super) fn gives_up_the_same(&mut self, now: Duration) -> bool {
        let still = self
            .same_since
            .is_some_and(|since| now.saturating_sub(since) >= self.still);
        if self.state != State::Frozen || !still {
            return false;
        }
        self.still = (self.still * 2).min(self.limits.patience);
        // Until it is opened, which may take a while, this is the try.
        self.same_since = None;
        true
    }

    fn turn(&mut self, next: State) -> Option<State> {
        if self.state == next || matches!(self.state, State::Ended(_)) {
            return None;
        }
        if next == State::Ok {
            self.still = self.limits.silent;
        }
        self.state = next.clone();
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_credential::qr::Frame;

    use super::*;

    /// What happens to the source, one letter each, 100 ms apart.
    fn story(happenings: &str) -> String {
        let glance = |luma: &[u8]| Glance::at(&Frame::new(8, 8, 8, luma).unwrap()).unwrap();
        let ramp = |shift: u8| -> Vec<u8> { (0..64).map(|i| 60 + i * 2 + shift).collect() };
        let still = glance(&ramp(0));
        let mut health = Health::new(Limits::default(), Duration::ZERO);
        let mut told = String::new();
        let mut before: Option<Glance> = None;
        for (tick, letter) in happenings.chars().enumerate() {
            let now = Duration::from_millis(100 * (tick as u64 + 1));
            let said = match letter {
                // A frame of a scene, with its noise.
                'f' => {
                    let seen = glance(&ramp((tick % 40) as u8 + 1));
                    let said = health.frame(&seen, before.as_ref(), now);
                    before = Some(seen);
                    said
                }
                // The same frame again; dim and dark ones.
                's' | 'd' | 'b' => {
                    let seen = match letter {
                        's' => still.clone(),
                        'd' => glance(&[36; 64]),
                        _ => glance(&[4; 64]),
                    };
                    let said = health.frame(&seen, before.as_ref(), now);
                    before = Some(seen);
                    said
                }
                '.' => health.silence(now),
                'x' => health.failed(
                    &SourceError::CameraLost {
                        reason: "pulled".to_owned(),
                    },
                    now,
                ),
                'u' => health.failed(
                    &SourceError::CameraBusy {
                        camera: "front".to_owned(),
                    },
                    now,
                ),
                'o' => {
                    health.opening(now);
                    None
                }
                _ => health.ended(None),
            };
            if let Some(state) = said {
                told += &format!("{} at {} ", state.word(), tick + 1);
            }
        }
        told.trim_end().to_owned()
    }

    #[test]
    fn each_state_is_told_once_and_at_once() {
        let n = |letter: &str, count: usize| letter.repeat(count);
        let table: &[(String, &str)] = &[
            ("f".into(), "ok at 1"),
            ("ffffff".into(), "ok at 1"),
            // A lens that is covered, and a flicker that is none.
            (format!("ff{}", n("b", 9)), "ok at 1 black at 9"),
            (format!("ff{}ff{}ff", n("b", 6), n("b", 6)), "ok at 1"),
            (
                format!("f{}fffff", n("b", 9)),
                "ok at 1 black at 8 ok at 13",
            ),
            // Neither dark nor light: whatever it was stays.
            (format!("f{}{}", n("b", 9), n("d", 9)), "ok at 1 black at 8"),
            (format!("f{}", n("d", 20)), "ok at 1"),
            (
                format!("f{}f{}", n("b", 9), n("b", 9)),
                "ok at 1 black at 8",
            ),
            // A sensor that starts in the dark, or warms up.
            (n("b", 9), "black at 7"),
            ("bbbff".into(), "ok at 4"),
            // The same frame again and again, and then others.
            (format!("f{}", n("s", 20)), "ok at 1 frozen at 18"),
            (format!("f{}{}fff", n("s", 10), "f"), "ok at 1"),
            (
                format!("f{}fff", n("s", 20)),
                "ok at 1 frozen at 18 ok at 24",
            ),
            (format!("f{}fssfss", n("s", 20)), "ok at 1 frozen at 18"),
            // No frames at all.
            (
                format!("f{}", n(".", 60)),
                "ok at 1 frozen at 16 lost at 51",
            ),
            (
                format!("f{}fff", n(".", 20)),
                "ok at 1 frozen at 16 ok at 24",
            ),
            (format!("f{}ff", n(".", 14)), "ok at 1"),
            (n(".", 120), "lost at 100"),
            // Pulled out, busy, back again.
            ("ffxx.o.of".into(), "ok at 1 lost at 3 ok at 9"),
            ("uuuf".into(), "busy at 1 ok at 4"),
            (
                "fxuxf".into(),
                "ok at 1 lost at 2 busy at 3 lost at 4 ok at 5",
            ),
            (format!("fx{}", n(".", 200)), "ok at 1 lost at 2"),
            ("fxobbf".into(), "ok at 1 lost at 2 ok at 6"),
            ("fexf".into(), "ok at 1 ended at 2"),
        ];
        for (happenings, told) in table {
            assert_eq!(story(happenings), *told, "{happenings}");
        }
    }

    #[test]
    fn a_source_that_stands_still_is_given_up_again_and_again_and_ever_later() {
        let mut health = Health::new(Limits::default(), Duration::ZERO);
        let glance = |shift: u8| {
            let luma: Vec<u8> = (0..64).map(|i| 60 + i * 2 + shift).collect();
            Glance::at(&Frame::new(8, 8, 8, &luma).unwrap()).unwrap()
        };
        let still = glance(0);
        let mut given_up = Vec::new();
        let mut told = Vec::new();
        let mut before: Option<Glance> = None;
        for second in 0..200 {
            let now = Duration::from_secs(second);
            // From 180 on it shows what it sees.
            let seen = match second {
                0..180 => still.clone(),
                _ => glance((second % 40) as u8 + 1),
            };
            let turned = health.frame(&seen, before.as_ref(), now);
            told.extend(turned.map(|state| (second, state.word())));
            before = Some(seen);
            if health.gives_up_the_same(now) {
                given_up.push(second);
                health.opening(now);
                before = None;
            }
        }
        assert_eq!(given_up, [6, 18, 40, 82, 144]);
        assert_eq!(told, [(0, "ok"), (3, "frozen"), (182, "ok")]);
        assert_eq!(health.still, Limits::default().silent, "as at first");
    }

    #[test]
    fn a_silent_source_is_given_up() {
        let mut health = Health::new(Limits::default(), Duration::ZERO);
        assert!(!health.is_stuck(Duration::from_millis(9_999)));
        assert!(health.is_stuck(Duration::from_secs(10)));
        health.opening(Duration::from_secs(10));
        assert!(!health.is_stuck(Duration::from_secs(19)));
        let seen = Glance::at(&Frame::new(2, 1, 2, &[200, 90]).unwrap()).unwrap();
        health.frame(&seen, None, Duration::from_secs(19));
        assert!(!health.is_stuck(Duration::from_secs(23)));
        assert!(health.is_stuck(Duration::from_secs(24)));
        health.ended(None);
        assert!(!health.is_stuck(Duration::from_secs(99)));
    }
}
