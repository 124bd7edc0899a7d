//! Messages from the command line alone: set up, sent, counted, exported.

use gatehouse_testkit::smtp::{Act, MailServer, Manner, Step};
use serde_json::{Value, json};

use crate::office::{Office, in_hours};

const LIST: &[u8] = b"Name,E-mail\nAda Lark,ada@example.org\nBen Moss,ben@example.org\n\
    Cy Reed,cy@example.net\nDi Tarn,\n";

struct Post {
    office: Office,
    server: MailServer,
}

impl Post {
    fn open() -> Self {
        let office = Office::with_event("ed25519");
        let list = office.write("list.csv", LIST);
        office.must_on_event(&["import"], &[&list]);
        office.must_on_event(&["issue"], &[]);
        let server = MailServer::start(Manner::default());
        let settings = json!({"settings": {
            "server": {"host": "127.0.0.1", "port": server.port(), "security": "none",
                       "sign_in": "none"},
            "connections": 2,
        }});
        let file = office.write("mail.json", settings.to_string().as_bytes());
        let data = office.data();
        let sender = "office@example.org";
        office.must(&["mail", "set", "--data", &data, &file, "--sender", sender]);
        Self { office, server }
    }

    fn json(&self, words: &[&str], more: &[&str]) -> Value {
        let more = [more, &["--json"]].concat();
        serde_json::from_str(&self.office.must_on_event(words, &more)).unwrap()
    }

    fn deliver(&self) -> Value {
        let data = self.office.data();
        let said = self
            .office
            .must(&["mail", "deliver", "--data", &data, "--json"]);
        serde_json::from_str(&said).unwrap()
    }
}

#[test]
fn tickets_leave_from_the_command_line_and_who_was_missed_gets_them_again() {
    let post = Post::open();
    let unknown = Act::Say("550 5.1.1 no such user here".into());
    post.server
        .fault_for("cy@example.net", Step::To, 1, unknown);
    let seen = post.json(&["mail", "send"], &["--preview"]);
    assert_eq!(seen["reach"]["email"], 3);
    assert_eq!(seen["reach"]["unreachable"], 1);
    let made = post.json(&["mail", "send"], &["--kind", "ticket", "--to", "all"]);
    assert_eq!(made["queued"], 3);
    assert_eq!(post.server.count(), 0, "nothing leaves by itself");
    let done = post.deliver();
    assert_eq!(done["sent"], 2, "{done}");
    assert_eq!(done["failed"], 1);
    assert_eq!(done["blocked"], json!([]));
    let status = post.json(&["mail", "status"], &[]);
    assert_eq!(status["funnel"]["invitations"], 4);
    assert_eq!(status["funnel"]["sent"], 2);
    assert_eq!(status["funnel"]["bounced"], 1);

    let again = post.json(&["mail", "send"], &["--to", "bounced"]);
    assert_eq!(again["queued"], 1);
    assert_eq!(post.deliver()["sent"], 1);
    assert_eq!(post.deliver()["sent"], 0, "the queue is empty");
    assert_eq!(post.server.count(), 3);

    let table = post.office.must_on_event(&["mail", "export"], &[]);
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(table.contains("address_refused"), "{table}");
    let file = post.office.path("messages.csv");
    let out = file.to_str().unwrap();
    post.office
        .must_on_event(&["mail", "export"], &["--out", out]);
    assert_eq!(
        std::fs::read_to_string(&file).unwrap().trim_end(),
        table.trim_end()
    );
}

#[test]
fn a_message_goes_to_some_alone() {
    let post = Post::open();
    let reach = |more: &[&str]| {
        let mut args = vec!["--preview", "--to", "all"];
        args.extend(more);
        post.json(&["mail", "send"], &args)["reach"]["email"].clone()
    };
    assert_eq!(reach(&[]), 3);
    assert_eq!(reach(&["--type", "standard"]), 3);
    let nobody = "00000000-0000-8000-8000-000000000000";
    assert_eq!(reach(&["--batch", nobody]), 0);
    for (more, code) in [
        (["--type", "Gold"], "ticket_type_unknown"),
        (["--invitation", "NOBODYS"], "invitation_unknown"),
    ] {
        let refused = post.office.on_event(&["mail", "send"], &more);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(&format!("[{code}]")), "{more:?}: {said}");
    }
}

#[test]
fn a_message_is_set_for_a_time_and_one_that_can_not_be_is_refused() {
    let post = Post::open();
    let later = post.json(
        &["mail", "send"],
        &[
            "--kind",
            "announcement",
            "--to",
            "all",
            "--message",
            "Doors open at seven.",
            "--at",
            &in_hours(2),
        ],
    );
    assert_eq!(later["status"], "scheduled");
    assert_eq!(later["queued"], 0);
    let done = post.deliver();
    assert_eq!(done["sent"], 0);
    assert_eq!(done["next"], later["due_at"]);
    let table: &[(&[&str], &str)] = &[
        (&["--kind", "announcement", "--to", "all"], "text_missing"),
        (&["--kind", "review", "--to", "all"], "link_missing"),
        (&["--needed"], "needed_unfit"),
        (&["--at", "tomorrow"], "fields_invalid"),
    ];
    for (more, code) in table {
        let refused = post.office.on_event(&["mail", "send"], more);
        assert_eq!(refused.status.code(), Some(1), "{more:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(&format!("[{code}]")), "{more:?}: {said}");
    }
    let wrong = post
        .office
        .on_event(&["mail", "send"], &["--to", "friends"]);
    assert_eq!(wrong.status.code(), Some(2), "words that nobody knows");
}

#[test]
fn a_server_that_is_away_keeps_everything_and_says_so() {
    let post = Post::open();
    post.server.fault(Step::Connect, usize::MAX, Act::Drop);
    post.json(&["mail", "send"], &["--to", "all"]);
    let data = post.office.data();
    let failed = post
        .office
        .run(&["mail", "deliver", "--data", &data, "--json"]);
    assert_eq!(failed.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&failed.stdout).unwrap();
    assert_eq!(said["sent"], 0);
    assert!(said["blocked"][0]["code"].is_string(), "{said}");
    post.server.mend();
    assert_eq!(post.deliver()["sent"], 3, "nothing was lost");
}

#[test]
fn settings_that_can_not_be_read_change_nothing_and_repeat_no_password() {
    let office = Office::with_event("ed25519");
    let data = office.data();
    let deliver = office.run(&["mail", "deliver", "--data", &data]);
    assert_eq!(deliver.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&deliver.stderr).contains("[mail_not_set_up]"));
    let file = office.write(
        "mail.json",
        br#"{"settings": {}, "secrets": {"pasword": "three invented words"}}"#,
    );
    let refused = office.run(&["mail", "set", "--data", &data, &file]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("[settings_unreadable]"), "{said}");
    assert!(!said.contains("invented"), "{said}");
}
