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
        decided.push(code.text.clone());
    })
    .unwrap();
    assert_eq!(decided, texts, "each once, in their order");
    assert_eq!((measured.codes, measured.whole.count), (4, 4));
    assert_eq!(measured.fresh.count + measured.closer.count, 4);
    assert!(measured.frames >= 4 && measured.at_once <= 4);
    let whole = measured.whole;
    assert!(0. < whole.p50_ms && whole.p50_ms <= whole.p99_ms && whole.p99_ms <= whole.worst_ms);
    assert!(measured.fresh.worst_ms <= whole.worst_ms);
    let too_long = ["x".repeat(9_000)];
    assert!(measure::camera(&too_long, &conditions, 1, |_| {}).is_err());
}
