//! Steps with a name, a time and an outcome, ended by the first failure.

use std::time::{Duration, Instant};

use crate::command::Stop;
use crate::tally::Tally;

/// How a step that did not fail ended.
pub(crate) enum Outcome {
    /// It ran, and all is well.
    Passed,
    /// It could not run here, for the reason given.
    Skipped(String),
}

/// The steps taken so far.
pub(crate) struct Steps {
    title: &'static str,
    begun: Instant,
    taken: Vec<(&'static str, Duration, Ended)>,
}

enum Ended {
    Passed,
    Skipped(String),
    Failed,
}

impl Steps {
    /// No steps yet; `title` names the command they belong to.
    pub(crate) fn begin(title: &'static str) -> Self {
        Self {
            title,
            begun: Instant::now(),
            taken: Vec::new(),
        }
    }

    /// Takes one step; a failure comes back with the step's name in it.
    pub(crate) fn take(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<Outcome, Stop>,
    ) -> Result<(), Stop> {
        println!("\n==> {name}");
        let begun = Instant::now();
        let result = work();
        let time = begun.elapsed();
        let (ended, result) = match result {
            Ok(Outcome::Passed) => {
                println!("==> {name}: ok, {}", spoken(time));
                (Ended::Passed, Ok(()))
            }
            Ok(Outcome::Skipped(reason)) => {
                println!("==> {name}: SKIPPED: {reason}");
                (Ended::Skipped(reason), Ok(()))
            }
            Err(stop) => {
                println!("==> {name}: FAILED after {}", spoken(time));
                let said = format!("FAILED: {name}: {stop}");
                (Ended::Failed, Err(Stop::new(said)))
            }
        };
        self.taken.push((name, time, ended));
        result
    }

    /// Prints every step with its time, what tests said that could not do their
    /// work, the failure if there was one, and the counts as the last line,
    /// where whoever reads the output's end finds them.
    pub(crate) fn close(&self, tally: &Tally, ended: Result<(), Stop>) -> Result<(), Stop> {
        println!(
            "\ncargo xtask {} took {}",
            self.title,
            spoken(self.begun.elapsed())
        );
        for (name, time, ended) in &self.taken {
            let word = match ended {
                Ended::Passed => "ok",
                Ended::Skipped(_) => "SKIPPED",
                Ended::Failed => "FAILED",
            };
            print!("  {word:<8}{:>12}  {name}", spoken(*time));
            match ended {
                Ended::Skipped(reason) => println!(": {reason}"),
                _ => println!(),
            }
        }
        for note in &tally.notes {
            println!("  {note}");
        }
        if let Err(stop) = &ended {
            println!("{stop}");
        }
        println!("{}", tally.line());
        ended.map_err(|_| Stop::already_said())
    }
}

/// A time for a person to read.
fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 100 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_times_in_seconds_then_minutes() {
        for (ms, words) in [
            (40, "0.0 s"),
            (1_260, "1.3 s"),
            (99_000, "99.0 s"),
            (754_000, "12 min 34 s"),
        ] {
            assert_eq!(spoken(Duration::from_millis(ms)), words);
        }
    }

    #[test]
    fn a_failure_carries_the_name_of_its_step() {
        let mut steps = Steps::begin("test");
        assert!(steps.take("first", || Ok(Outcome::Passed)).is_ok());
        assert!(
            steps
                .take("second", || Ok(Outcome::Skipped("no net".into())))
                .is_ok()
        );
        let stop = steps
            .take("third", || Err(Stop::new("it broke")))
            .expect_err("it failed");
        assert_eq!(stop.to_string(), "FAILED: third: it broke");
        assert_eq!(steps.taken.len(), 3);
        let stop = steps
            .close(&Tally::default(), Err(stop))
            .expect_err("a failed step fails the whole");
        assert_eq!(stop.to_string(), "");
    }
}
