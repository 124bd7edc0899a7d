//! How answers and errors are written.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use gatehouse_api::Problem;
use serde::Serialize;

/// Writes a line to standard output, as `println!` does; where the reader has gone (`| head`), the
/// program ends quietly.
macro_rules! say {
    () => { $crate::output::write_out(format_args!("\n")) };
    ($($arg:tt)*) => {
        $crate::output::write_out(format_args!("{}\n", format_args!($($arg)*)))
    };
}
pub(crate) use say;

/// Writes to standard output; see [`say`].
pub(crate) fn write_out(text: std::fmt::Arguments<'_>) {
    if let Err(error) = std::io::stdout().lock().write_fmt(text)
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        // Whoever reads has seen enough; what was done is done.
        std::process::exit(0);
    }
}

/// Writes one object on one line.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// Tells an error: words on standard error, and its code in brackets where it has one.
#[expect(clippy::print_stderr, reason = "errors go to standard error")]
pub(crate) fn tell_error(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Problem>() {
        Some(problem) => {
            eprintln!("gatehouse: {} [{}]", problem.detail, problem.code);
            for field in &problem.errors {
                eprintln!("  {}: {} [{}]", field.field, field.message, field.code);
            }
        }
        None => eprintln!("gatehouse: {error:#}"),
    }
    ExitCode::FAILURE
}

/// Says something on the side, for a person: standard error.
#[expect(
    clippy::print_stderr,
    reason = "notices go to standard error, answers to output"
)]
pub(crate) fn notice(text: &str) {
    eprintln!("{text}");
}

/// Whether a person watches standard error.
pub(crate) fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Milliseconds since `since`, with one decimal.
pub(crate) fn millis(since: std::time::Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

/// A count with thousands apart: `12,345`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Makes sure that what was said is seen before something long begins.
pub(crate) fn flush() {
    std::io::stdout().flush().ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands_apart() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (n, expected) in table {
            assert_eq!(count(n), expected);
        }
    }
}
