use super::*;

fn question(id: u16, kind: QuestionKind, asked: Asked, required: bool) -> Question {
    let choices = match kind {
        QuestionKind::Choice => vec!["Fish".into(), "Mushrooms".into()],
        _ => vec![],
    };
    Question {
        id,
        kind,
        text: "What may we pour?".into(),
        required,
        asked,
        choices,
    }
}

fn asking() -> AnswerSettings {
    AnswerSettings {
        dietary: true,
        questions: vec![
            question(1, QuestionKind::Choice, Asked::Person, true),
            question(2, QuestionKind::Long, Asked::Person, false),
            question(3, QuestionKind::YesNo, Asked::Party, true),
            question(4, QuestionKind::Short, Asked::Party, false),
        ],
        ..AnswerSettings::default()
    }
}

fn member(coming: Option<bool>, dietary: &str, answers: &[(u16, &str)]) -> MemberReply {
    MemberReply {
        coming,
        name: None,
        dietary: dietary.into(),
        answers: answers.iter().map(|(id, a)| (*id, (*a).into())).collect(),
    }
}

fn reply(members: &[MemberReply], party: &[(u16, &str)], message: &str) -> Reply {
    Reply {
        members: members.to_vec(),
        party: PartyReply {
            answers: party.iter().map(|(id, a)| (*id, (*a).into())).collect(),
            message: message.into(),
        },
    }
}

fn wrong(given: &Reply) -> Vec<(String, &'static str)> {
    let errors = check(&asking(), given).errors;
    errors.into_iter().map(|e| (e.field, e.code)).collect()
}

#[test]
fn every_fault_of_an_answer_is_named_by_its_field() {
    let yes = |answers: &[(u16, &str)]| member(Some(true), "", answers);
    let long = "x".repeat(2_001);
    type Row<'a> = (&'a str, Reply, &'a [(&'a str, &'a str)]);
    let table: [Row<'_>; 10] = [
        ("nothing", reply(&[member(None, "", &[])], &[], ""), &[]),
        (
            "a no needs no answers",
            reply(&[member(Some(false), "", &[])], &[], ""),
            &[],
        ),
        (
            "a yes needs what is required, of the person and of the party",
            reply(&[yes(&[])], &[], ""),
            &[
                ("members.0.answers.1", "answer_missing"),
                ("party.answers.3", "answer_missing"),
            ],
        ),
        (
            "all that is required",
            reply(&[yes(&[(1, "Fish")])], &[(3, "no")], ""),
            &[],
        ),
        (
            "a choice that is none",
            reply(&[yes(&[(1, "Beef")])], &[(3, "maybe")], ""),
            &[
                ("members.0.answers.1", "choice_unknown"),
                ("party.answers.3", "choice_unknown"),
            ],
        ),
        (
            "food without yes or no",
            reply(&[member(None, "no nuts", &[])], &[], ""),
            &[("members.0.coming", "coming_missing")],
        ),
        (
            "too long",
            reply(
                &[yes(&[(1, "Fish"), (2, &long)])],
                &[(3, "yes"), (4, &long)],
                &long,
            ),
            &[
                ("members.0.answers.2", "text_too_long"),
                ("party.answers.4", "text_too_long"),
                ("party.message", "text_too_long"),
            ],
        ),
        (
            "control characters",
            reply(&[yes(&[(1, "Fish")])], &[(3, "yes")], "a\u{7}b"),
            &[("party.message", "text_invalid")],
        ),
        (
            "questions of nobody's",
            reply(
                &[yes(&[(1, "Fish"), (9, "x")])],
                &[(3, "yes"), (1, "Fish")],
                "",
            ),
            &[],
        ),
        (
            "one of two",
            reply(
                &[member(Some(false), &long, &[(1, "Beef")]), yes(&[])],
                &[(3, "yes")],
                "",
            ),
            &[("members.1.answers.1", "answer_missing")],
        ),
    ];
    for (what, given, expected) in table {
        let expected: Vec<_> = expected
            .iter()
            .map(|(f, c)| ((*f).to_owned(), *c))
            .collect();
        assert_eq!(wrong(&given), expected, "{what}");
    }
}

#[test]
fn an_answer_is_kept_clean_and_without_what_nobody_asked() {
    let given = Reply {
        members: vec![
            MemberReply {
                name: Some("  Ana\u{202e}  Silva ".into()),
                ..member(
                    Some(true),
                    " no  nuts ",
                    &[(2, "a\r\nb\n"), (1, "Fish"), (9, "x")],
                )
            },
            member(Some(false), "no nuts", &[(1, "Fish")]),
        ],
        ..reply(&[], &[(3, "yes")], "\n See you \n")
    };
    let kept = check(&asking(), &given).reply;
    assert_eq!(kept.members[0].name.as_deref(), Some("Ana Silva"));
    assert_eq!(kept.members[0].dietary, "no nuts");
    assert_eq!(
        kept.members[0].answers,
        [(1, "Fish".to_owned()), (2, "a\nb".to_owned())]
    );
    assert_eq!(kept.members[1], member(Some(false), "", &[]));
    assert_eq!(kept.party.message, "See you");
    assert_eq!(
        check(&asking(), &kept).reply,
        kept,
        "a second time the same"
    );

    let silent = AnswerSettings {
        message: false,
        ..AnswerSettings::default()
    };
    let kept = check(&silent, &given).reply;
    assert_eq!(kept.members[0].dietary, "");
    assert_eq!(kept.members[0].answers, []);
    assert_eq!(kept.party, PartyReply::default());
}

#[test]
fn answers_are_taken_until_the_deadline_or_the_end() {
    let settings = |deadline| AnswerSettings {
        deadline,
        ..AnswerSettings::default()
    };
    for (deadline, cancelled, now, expected) in [
        (None, false, 0, None),
        (None, false, 99, None),
        (None, false, 100, Some(Closed::Over)),
        (None, true, 0, Some(Closed::Cancelled)),
        (Some(50), false, 49, None),
        (Some(50), false, 50, Some(Closed::Deadline(50))),
        (Some(50), false, 100, Some(Closed::Over)),
        (Some(500), false, 100, Some(Closed::Over)),
    ] {
        let closed = settings(deadline).closed(cancelled, 100, now);
        assert_eq!(closed, expected, "{deadline:?} {cancelled} {now}");
    }
}

#[test]
fn those_who_are_expected_confirm_until_it_begins() {
    for (cancelled, now, expected) in [
        (false, 0, true),
        (false, 99, true),
        (false, 100, false),
        (true, 0, false),
    ] {
        let may = AnswerSettings::confirms(cancelled, 100, now);
        assert_eq!(may, expected, "{cancelled} {now}");
    }
}

#[test]
fn of_two_answers_the_later_takes_only_the_place_that_its_giver_saw() {
    for (seen, given, stands, expected) in [
        ("a", "a", "a", Settled::Stays),
        ("a", "b", "a", Settled::Taken),
        ("a", "a", "b", Settled::Stays),
        ("a", "b", "b", Settled::Stays),
        ("a", "b", "c", Settled::Clashes),
    ] {
        assert_eq!(
            settle(seen, given, stands),
            expected,
            "{seen}{given}{stands}"
        );
    }
}

#[test]
fn questions_that_nobody_can_answer_are_refused() {
    let codes = |spoil: &dyn Fn(&mut AnswerSettings)| {
        let mut settings = asking();
        spoil(&mut settings);
        let mut errors = Vec::new();
        settings.check(&mut errors);
        errors
            .into_iter()
            .map(|e| (e.field, e.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&|_| {}), []);
    type Spoil = fn(&mut AnswerSettings);
    let table: [(Spoil, &str, &str); 9] = [
        (
            |s| s.questions[0].text.clear(),
            "questions.0.text",
            "question_length",
        ),
        (
            |s| s.questions[1].text = "x".repeat(201),
            "questions.1.text",
            "question_length",
        ),
        (
            |s| s.questions[1].text = "two\nlines".into(),
            "questions.1.text",
            "question_length",
        ),
        (
            |s| s.questions[1].id = 1,
            "questions.1.id",
            "question_twice",
        ),
        (
            |s| s.questions[0].choices.truncate(1),
            "questions.0.choices",
            "choices_count",
        ),
        (
            |s| s.questions[0].choices[1] = "Fish".into(),
            "questions.0.choices.1",
            "choice_invalid",
        ),
        (
            |s| s.questions[0].choices[0] = " ".into(),
            "questions.0.choices.0",
            "choice_invalid",
        ),
        (
            |s| s.questions[1].choices = vec!["x".into()],
            "questions.1.choices",
            "choices_unused",
        ),
        (
            |s| {
                s.questions = (0..21)
                    .map(|id| question(id, QuestionKind::Short, Asked::Party, false))
                    .collect();
            },
            "questions",
            "questions_too_many",
        ),
    ];
    for (spoil, field, code) in table {
        assert_eq!(codes(&spoil), [(field.to_owned(), code)]);
    }
}

#[test]
fn settings_of_an_event_that_knew_none_are_the_usual_ones() {
    let read: AnswerSettings = serde_json::from_str("{}").unwrap();
    assert_eq!(read, AnswerSettings::default());
    assert!(!read.track_opens, "nobody is watched unasked");
}
