//! Accounts: the first, the others, signing in and staying signed in.

use gatehouse_api::{AccountChange, Problem, Registration, Signed, SignedIn};
use gatehouse_domain::account::{Account, AccountStatus, Action, Role};
use gatehouse_testkit::Scratch;

const PASSWORD: &str = "a lantern on the quay";

fn person(name: &str) -> Registration {
    Registration {
        name: name.into(),
        email: format!("{}@example.org", name.to_lowercase()),
        password: PASSWORD.into(),
    }
}

struct Office {
    scratch: Scratch,
    owner: Signed,
}

impl Office {
    fn new() -> Self {
        let scratch = Scratch::new();
        scratch.workspace.register(&person("Ada")).unwrap();
        let owner = Self::sign_in_at(&scratch, "Ada");
        Self { scratch, owner }
    }

    fn sign_in_at(scratch: &Scratch, name: &str) -> Signed {
        let email = format!("{}@example.org", name.to_lowercase());
        let signed = scratch.workspace.sign_in(&email, PASSWORD).unwrap();
        scratch
            .workspace
            .authenticate(&signed.access_token)
            .unwrap()
    }

    fn add(&self, name: &str, role: Role) -> Account {
        self.scratch
            .workspace
            .add_account(&self.owner, &person(name), role)
            .unwrap()
    }

    fn signed(&self, name: &str) -> Signed {
        Self::sign_in_at(&self.scratch, name)
    }

    fn enter(&self, name: &str, password: &str) -> Result<SignedIn, Problem> {
        let email = format!("{}@example.org", name.to_lowercase());
        self.scratch.workspace.sign_in(&email, password)
    }
}

#[test]
fn the_first_account_is_super_admin_and_every_later_one_a_guest() {
    let scratch = Scratch::new();
    assert!(!scratch.workspace.has_accounts().unwrap());
    assert_eq!(
        scratch.workspace.register(&person("Ada")).unwrap().role,
        Role::SuperAdmin
    );
    assert_eq!(
        scratch.workspace.register(&person("Ben")).unwrap().role,
        Role::Guest
    );
    let again = Registration {
        email: " ADA@Example.org ".into(),
        ..person("Ada")
    };
    assert_eq!(
        scratch.workspace.register(&again).unwrap_err().errors[0].code,
        "email_taken"
    );
    assert!(scratch.workspace.has_accounts().unwrap());
}

#[test]
fn many_who_register_at_once_make_one_super_admin() {
    let scratch = Scratch::new();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let workspace = &scratch.workspace;
            scope.spawn(move || workspace.register(&person(&format!("P{n}"))).unwrap());
        }
    });
    let owner = (0..8)
        .map(|n| Office::sign_in_at(&scratch, &format!("P{n}")))
        .filter(|signed| signed.account.role == Role::SuperAdmin)
        .count();
    assert_eq!(owner, 1);
}

#[test]
fn wrong_passwords_shut_an_account_for_a_while_and_say_nothing_else() {
    let office = Office::new();
    let told = |result: Result<SignedIn, Problem>| result.unwrap_err().code;
    assert_eq!(told(office.enter("Nobody", PASSWORD)), "password_wrong");
    for _ in 0..5 {
        assert_eq!(
            told(office.enter("Ada", "a lantern on the key")),
            "password_wrong"
        );
    }
    assert_eq!(told(office.enter("Ada", PASSWORD)), "account_locked");
    office.scratch.clock.advance(59_999);
    assert_eq!(told(office.enter("Ada", PASSWORD)), "account_locked");
    office.scratch.clock.advance(1);
    assert_eq!(
        told(office.enter("Ada", "wrong again, sorry")),
        "password_wrong"
    );
    office.scratch.clock.advance(60_000);
    assert_eq!(
        told(office.enter("Ada", PASSWORD)),
        "account_locked",
        "two minutes"
    );
    office.scratch.clock.advance(60_000);
    assert!(office.enter("Ada", PASSWORD).is_ok());
    assert_eq!(
        told(office.enter("Ada", "wrong")),
        "password_wrong",
        "counted anew"
    );
}

#[test]
fn a_refresh_token_is_good_once_and_a_copy_of_it_ends_the_session() {
    let office = Office::new();
    let workspace = &office.scratch.workspace;
    let first = office.enter("Ada", PASSWORD).unwrap();
    office.scratch.clock.advance(16 * 60_000);
    assert_eq!(
        workspace
            .authenticate(&first.access_token)
            .unwrap_err()
            .code,
        "signed_out",
        "after a quarter of an hour"
    );
    let second = workspace.refresh(&first.refresh_token).unwrap();
    assert!(workspace.authenticate(&second.access_token).is_ok());
    // Somebody uses the copy that they made of the first.
    assert_eq!(
        workspace.refresh(&first.refresh_token).unwrap_err().code,
        "signed_out"
    );
    assert_eq!(
        workspace
            .authenticate(&second.access_token)
            .unwrap_err()
            .code,
        "signed_out"
    );
    assert!(workspace.refresh(&second.refresh_token).is_err());
    assert!(workspace.refresh("nonsense").is_err());
    let third = office.enter("Ada", PASSWORD).unwrap();
    office.scratch.clock.advance(31 * 24 * 3_600_000);
    assert!(
        workspace.refresh(&third.refresh_token).is_err(),
        "a month later"
    );
}

#[test]
fn signing_out_switching_off_and_a_new_password_end_every_token_at_once() {
    let office = Office::new();
    let workspace = &office.scratch.workspace;
    let ben = office.add("Ben", Role::Organizer);
    let signed = office.enter("Ben", PASSWORD).unwrap();
    let by = workspace.authenticate(&signed.access_token).unwrap();
    workspace.sign_out(&by).unwrap();
    assert!(workspace.authenticate(&signed.access_token).is_err());

    let signed = office.enter("Ben", PASSWORD).unwrap();
    let off = AccountChange {
        status: Some(AccountStatus::Disabled),
        ..AccountChange::default()
    };
    workspace
        .change_account(&office.owner, ben.id, &off)
        .unwrap();
    assert!(workspace.authenticate(&signed.access_token).is_err());
    assert!(workspace.refresh(&signed.refresh_token).is_err());
    assert_eq!(
        office.enter("Ben", PASSWORD).unwrap_err().code,
        "password_wrong"
    );

    let own = AccountChange {
        password: Some("another lantern".into()),
        ..AccountChange::default()
    };
    workspace
        .change_account(&office.owner, office.owner.account.id, &own)
        .unwrap();
    assert!(office.enter("Ada", PASSWORD).is_err());
    assert!(office.enter("Ada", "another lantern").is_ok());
}

#[test]
fn managers_reach_no_further_than_their_role() {
    let office = Office::new();
    let workspace = &office.scratch.workspace;
    let admin_account = office.add("Ben", Role::Admin);
    let staff_account = office.add("Cy", Role::Staff);
    let (admin, staff) = (office.signed("Ben"), office.signed("Cy"));
    let to = |role| AccountChange {
        role: Some(role),
        ..AccountChange::default()
    };
    let code = |result: Result<Account, Problem>| result.unwrap_err().code;
    // Nobody raises themselves, and admins do not reach super admins.
    assert_eq!(
        code(workspace.change_account(&staff, staff_account.id, &to(Role::Admin))),
        "not_allowed"
    );
    assert_eq!(
        code(workspace.change_account(&admin, admin_account.id, &to(Role::SuperAdmin))),
        "not_allowed"
    );
    assert_eq!(
        code(workspace.change_account(&admin, office.owner.account.id, &to(Role::Guest))),
        "not_allowed"
    );
    assert_eq!(
        code(workspace.add_account(&admin, &person("Dee"), Role::SuperAdmin)),
        "not_allowed"
    );
    assert_eq!(
        workspace
            .delete_account(&admin, office.owner.account.id)
            .unwrap_err()
            .code,
        "not_allowed"
    );
    assert_eq!(workspace.accounts(&staff).unwrap_err().code, "not_allowed");
    // What they may.
    let named = AccountChange {
        name: Some("Cyrus Reed".into()),
        ..AccountChange::default()
    };
    workspace
        .change_account(&staff, staff_account.id, &named)
        .unwrap();
    workspace
        .change_account(&admin, staff_account.id, &to(Role::Viewer))
        .unwrap();
    assert!(staff.check(Action::Scan).is_ok(), "as they signed in");
    assert_eq!(workspace.accounts(&admin).unwrap().len(), 3);
    workspace.delete_account(&admin, staff_account.id).unwrap();
    assert_eq!(workspace.accounts(&admin).unwrap().len(), 2);
}

#[test]
fn the_last_super_admin_stays_one() {
    let office = Office::new();
    let workspace = &office.scratch.workspace;
    let own = office.owner.account.id;
    let demoted = AccountChange {
        role: Some(Role::Admin),
        ..AccountChange::default()
    };
    assert_eq!(
        workspace
            .change_account(&office.owner, own, &demoted)
            .unwrap_err()
            .code,
        "last_super_admin"
    );
    assert_eq!(
        workspace
            .delete_account(&office.owner, own)
            .unwrap_err()
            .code,
        "last_super_admin"
    );
    let other = office.add("Ben", Role::SuperAdmin);
    workspace
        .change_account(&office.owner, own, &demoted)
        .unwrap();
    assert_eq!(
        workspace
            .delete_account(&office.signed("Ben"), other.id)
            .unwrap_err()
            .code,
        "last_super_admin"
    );
}
