//! The measurement that the program takes of itself.

use gatehouse_credential::qr::scene::{Condition, Dice, ticket_text};
use gatehouse_gate::measure;

#[test]
fn codes_are_held_up_until_they_are_decided() {
    let texts: Vec<String> = (0..4)
        .map(|n| ticket_text(&mut Dice::new(n), 200))
        .collect();
    let mut decided = Vec::new();
    let conditions = [Condition::Plain, Condition::Shadow];
    let measured = measure::camera(&texts, &conditions, 1, |code| {
        decided.push(code.text.clone())
    })
    .unwrap();
    assert_eq!(decided, texts, "each once, in their order");
    assert_eq!((measured.codes, measured.decided), (4, 4));
    assert!(measured.frames >= 4);
    assert!(measured.p50_ms > 0. && measured.p50_ms <= measured.p99_ms);
    assert!(measured.p99_ms <= measured.worst_ms);
    let too_long = ["x".repeat(9_000)];
    assert!(measure::camera(&too_long, &conditions, 1, |_| {}).is_err());
}
