//! Counting what the test runners ran, from their own reports.

/// Tests by how they ended, and what the skipped ones said.
#[derive(Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    /// Tests that ran and held.
    pub(crate) passed: u64,
    /// Tests that did not hold.
    pub(crate) failed: u64,
    /// Tests that did not run, or said that they could not.
    pub(crate) skipped: u64,
    /// Each `SKIPPED` line with the test that printed it.
    pub(crate) notes: Vec<String>,
}

impl Tally {
    /// Takes the counts of another runner in.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.notes.extend(other.notes);
    }

    /// Whether nothing was counted at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed + self.failed + self.skipped == 0
    }

    /// The one line that stands last.
    pub(crate) fn line(&self) -> String {
        format!(
            "tests: {} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// Counts nextest's JUnit report.
///
/// A test that passes but printed a line starting with `SKIPPED` could not do
/// its work, so it counts as skipped and not as passed.
pub(crate) fn count_junit(report: &str) -> Tally {
    let mut tally = Tally::default();
    for case in report.split("<testcase ").skip(1) {
        let case = case.split("</testcase>").next().unwrap_or(case);
        // A case without a body is closed in its own tag, and what follows
        // belongs to the suite.
        let tag_end = case.find('>').unwrap_or(case.len());
        let (tag, body) = case.split_at(tag_end);
        let body = if tag.ends_with('/') { "" } else { body };
        let name = format!("{} {}", attribute(tag, "classname"), attribute(tag, "name"));
        let notes: Vec<&str> = body
            .lines()
            .map(|line| {
                line.rsplit_once("<system-err>")
                    .map_or(line, |(_, text)| text)
            })
            .map(|line| {
                line.rsplit_once("<system-out>")
                    .map_or(line, |(_, text)| text)
            })
            .filter(|line| line.starts_with("SKIPPED"))
            .collect();
        if body.contains("<failure") || body.contains("<error") {
            tally.failed += 1;
        } else if !notes.is_empty() || body.contains("<skipped") {
            tally.skipped += 1;
        } else {
            tally.passed += 1;
        }
        tally
            .notes
            .extend(notes.iter().map(|note| format!("{name}: {}", plain(note))));
    }
    tally
}

/// Counts vitest's JSON report.
pub(crate) fn count_vitest(report: &str) -> Tally {
    let number = |key: &str| {
        let (_, rest) = report.split_once(&format!("\"{key}\":"))?;
        let digits: String = rest
            .trim_start()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().ok()
    };
    let number = |key| number(key).unwrap_or(0);
    Tally {
        passed: number("numPassedTests"),
        failed: number("numFailedTests"),
        skipped: number("numPendingTests") + number("numTodoTests"),
        notes: Vec::new(),
    }
}

/// Counts the `test result:` lines of `cargo test`.
pub(crate) fn count_libtest(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output
        .lines()
        .filter(|line| line.starts_with("test result:"))
    {
        // "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …"
        for part in line.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(word)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(count) = count.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => tally.passed += count,
                "failed" => tally.failed += count,
                "ignored" => tally.skipped += count,
                _ => {}
            }
        }
    }
    tally
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = format!("{name}=\"");
    // The name "name" also ends "classname".
    let at = if tag.starts_with(&start) {
        Some(start.len())
    } else {
        tag.find(&format!(" {start}"))
            .map(|at| at + 1 + start.len())
    };
    at.and_then(|at| tag[at..].split('"').next()).unwrap_or("")
}

fn plain(xml: &str) -> String {
    let text = xml.split("</system-").next().unwrap_or(xml);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_a_junit_report_by_what_the_tests_did() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="5" failures="2" errors="0">
  <testsuite name="it" tests="5">
    <testcase name="holds" classname="gatehouse-domain" time="0.1">
    </testcase>
    <testcase name="held" classname="gatehouse-domain" time="0.1"/>
    <testcase name="reads" classname="gatehouse-print::it" time="0.1">
      <system-out>
running 1 test</system-out>
      <system-err>SKIPPED: no pdftoppm &lt;on this machine&gt;</system-err>
    </testcase>
    <testcase name="breaks" classname="gatehouse-store::it" time="0.1">
      <failure type="test failure">SKIPPED is in here, but not at the start</failure>
    </testcase>
    <testcase name="breaks_later" classname="gatehouse-store::it" time="0.1">
      <system-err>one line
SKIPPED: strace
</system-err><failure/>
    </testcase>
  </testsuite>
</testsuites>"#;
        let tally = count_junit(report);
        assert_eq!(
            tally,
            Tally {
                passed: 2,
                failed: 2,
                skipped: 1,
                notes: vec![
                    "gatehouse-print::it reads: SKIPPED: no pdftoppm <on this machine>".into(),
                    "gatehouse-store::it breaks_later: SKIPPED: strace".into(),
                ],
            }
        );
        assert_eq!(tally.line(), "tests: 2 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn counts_a_vitest_report() {
        let report = r#"{"numTotalTestSuites":2,"numTotalTests":7,"numPassedTests":4,
            "numFailedTests": 1,"numPendingTests":1,"numTodoTests":1,"testResults":[]}"#;
        let tally = count_vitest(report);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (4, 1, 2));
        assert!(count_vitest("no json").is_empty());
    }

    #[test]
    fn counts_libtest_lines_of_several_crates() {
        let output = "\
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s
test result: FAILED. 1 passed; 3 failed; 4 ignored; 0 measured; 9 filtered out; finished in 0.00s
";
        let tally = count_libtest(output);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (3, 3, 4));
    }

    #[test]
    fn adds_up_runners() {
        let mut all = Tally {
            passed: 1,
            ..Tally::default()
        };
        all.add(Tally {
            passed: 2,
            failed: 1,
            skipped: 3,
            notes: vec!["x".into()],
        });
        assert_eq!(
            all,
            Tally {
                passed: 3,
                failed: 1,
                skipped: 3,
                notes: vec!["x".into()]
            }
        );
    }
}
