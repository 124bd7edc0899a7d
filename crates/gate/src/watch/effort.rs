//! How hard to look: a quick look at each frame, harder ones the longer nothing is read.

use gatehouse_credential::qr::Effort;

/// After how many frames without a code harder looks are due, and how far they move apart while
/// nothing moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Frames from one normal look to the next.
    pub normal: u32,
    /// Frames from one thorough look to the next.
    pub thorough: u32,
    /// By how much both may grow at a scene that stays as it is; 1 for not at all.
    pub patience: u32,
    /// Frames with a code between normal looks for others beside it.
    pub beside: u32,
}

impl Ladder {
    /// Every frame in which nothing is read is worth the hardest look: for single pictures.
    pub const EVERY: Self = Self {
        normal: 1,
        thorough: 1,
        patience: 1,
        beside: 0,
    };
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            normal: 2,
            thorough: 12,
            patience: 16,
            beside: 15,
        }
    }
}

/// Counts frames and says which look is due.
#[derive(Debug)]
pub(super) struct Climb {
    ladder: Ladder,
    normal: Rung,
    thorough: Rung,
    /// Frames with a code since the last look for others beside it.
    read: u32,
}

/// One kind of look.
#[derive(Debug)]
struct Rung {
    /// Frames since the last one.
    missed: u32,
    /// Frames from one to the next.
    gap: u32,
}

impl Climb {
    pub(super) fn new(ladder: Ladder) -> Self {
        let rung = |gap: u32| Rung {
            missed: 0,
            gap: gap.max(1),
        };
        Self {
            ladder,
            normal: rung(ladder.normal),
            thorough: rung(ladder.thorough),
            read: 0,
        }
    }

    /// A quick look read nothing; the scene changed since the frame before, or did not.
    pub(super) fn missed(&mut self, moved: bool) {
        if moved {
            self.rest_gaps();
        }
        self.normal.missed = self.normal.missed.saturating_add(1);
        self.thorough.missed = self.thorough.missed.saturating_add(1);
        self.read = 0;
    }

    /// A look read something.
    pub(super) fn read(&mut self) {
        self.rest_gaps();
        (self.normal.missed, self.thorough.missed) = (0, 0);
        self.read = self.read.saturating_add(1);
    }

    /// The look that is due now, if one is.
    pub(super) fn due(&self) -> Option<Effort> {
        if self.thorough.missed >= self.thorough.gap {
            Some(Effort::Thorough)
        } else if self.normal.missed >= self.normal.gap || self.read > self.ladder.beside {
            Some(Effort::Normal)
        } else {
            None
        }
    }

    /// The look was taken.
    pub(super) fn taken(&mut self, effort: Effort) {
        let widen = |rung: &mut Rung, first: u32, patience: u32| {
            rung.missed = 0;
            rung.gap = (rung.gap * 2).min(first.max(1) * patience.max(1));
        };
        let ladder = self.ladder;
        if effort == Effort::Thorough {
            widen(&mut self.thorough, ladder.thorough, ladder.patience);
        }
        widen(&mut self.normal, ladder.normal, ladder.patience);
        self.read = self.read.min(1);
    }

    fn rest_gaps(&mut self) {
        self.normal.gap = self.ladder.normal.max(1);
        self.thorough.gap = self.ladder.thorough.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The looks that are taken over frames: `.` nothing read, `m` nothing read and moved, `r`
    /// read. `-` marks a frame whose quick look is all.
    fn looks(frames: &str) -> String {
        let mut climb = Climb::new(Ladder {
            normal: 3,
            thorough: 10,
            patience: 4,
            beside: 4,
        });
        frames
            .chars()
            .map(|frame| {
                match frame {
                    'r' => climb.read(),
                    other => climb.missed(other == 'm'),
                }
                let due = climb.due();
                if let Some(effort) = due {
                    climb.taken(effort);
                }
                match due {
                    Some(Effort::Thorough) => 'T',
                    Some(_) => 'N',
                    None => '-',
                }
            })
            .collect()
    }

    #[test]
    fn effort_grows_when_nothing_is_read_and_rests_when_nothing_changes() {
        let table = [
            ("r", "-"),
            ("rrr", "---"),
            ("...", "--N"),
            ("..r..r..r", "---------"),
            ("..........", "--N-----NT"),
            // Still: 3, 6, 12, 12 frames apart, thorough ones 10, 20, 40.
            (
                ".............................................",
                "--N-----NT-----------N-------T-----------N---",
            ),
            // Movement brings the first gaps back.
            ("mmmmmmmmmmmm", "--N--N--NT--"),
            ("...............mmm", "--N-----NT-----N--"),
            // Something is read: now and then a look for what lies beside it.
            ("rrrrrrrrrrrr", "----N---N---"),
        ];
        let mut every = Climb::new(Ladder::EVERY);
        for _ in 0..3 {
            every.missed(false);
            assert_eq!(every.due(), Some(Effort::Thorough));
            every.taken(Effort::Thorough);
        }
        for (frames, wanted) in table {
            assert_eq!(looks(frames), wanted, "{frames}");
        }
    }

    #[test]
    fn a_look_that_can_not_be_taken_stays_due() {
        let mut climb = Climb::new(Ladder::default());
        for _ in 0..40 {
            climb.missed(true);
        }
        assert_eq!(climb.due(), Some(Effort::Thorough));
        climb.taken(Effort::Thorough);
        assert_eq!(climb.due(), None);
    }
}
