//! Accounts and what each role may do.

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
use crate::id::AccountId;
use crate::words::words;

words! {
    /// What a person is in the workspace.
    Role("role") {
        /// Everything, official invitations and accounts of every role included.
        SuperAdmin = "super_admin",
        /// Everything but that.
        Admin = "admin",
        /// Events: planned, issued, printed, sent.
        Organizer = "organizer",
        /// Gates and the desk.
        Staff = "staff",
        /// Looks and changes nothing.
        Viewer = "viewer",
        /// Sees only their own events and tickets.
        Guest = "guest",
    }
}

words! {
    /// Whether an account may sign in.
    AccountStatus("account status") {
        /// It may.
        Active = "active",
        /// It was switched off.
        Disabled = "disabled",
    }
}

words! {
    /// What a person wants to do.
    Action("action") {
        /// See their own account, and sign out.
        OwnAccount = "own_account",
        /// See events, lists, tickets and how far they are.
        ReadEvents = "read_events",
        /// See what was done, by whom.
        ReadAudit = "read_audit",
        /// Plan, change, publish and call off events.
        PlanEvents = "plan_events",
        /// Change guest lists and invitations, and undo.
        EditGuests = "edit_guests",
        /// Issue, void and regenerate tickets; print and send them.
        IssueTickets = "issue_tickets",
        /// Present codes, check guests in.
        Scan = "scan",
        /// Register gates, say where they stand and what holds at doors; take their right away.
        ManageGates = "manage_gates",
        /// Make, rotate and revoke keys; the recovery kit.
        ManageKeys = "manage_keys",
        /// Official invitations.
        InviteOfficially = "invite_officially",
        /// See accounts.
        ReadAccounts = "read_accounts",
        /// Change and delete accounts.
        ManageAccounts = "manage_accounts",
        /// Settings, backup and restore of the workspace.
        ManageWorkspace = "manage_workspace",
    }
}

impl Role {
    /// Whether the role may do that: the one table of permissions.
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        use Action as A;
        match self {
            Self::SuperAdmin => true,
            Self::Admin => !matches!(action, A::InviteOfficially),
            Self::Organizer => matches!(
                action,
                A::OwnAccount
                    | A::ReadEvents
                    | A::ReadAudit
                    | A::PlanEvents
                    | A::EditGuests
                    | A::IssueTickets
                    | A::Scan
                    | A::ManageGates
            ),
            Self::Staff => matches!(action, A::OwnAccount | A::ReadEvents | A::Scan),
            Self::Viewer => matches!(action, A::OwnAccount | A::ReadEvents),
            Self::Guest => matches!(action, A::OwnAccount),
        }
    }

    /// Whether this role may make, change or delete an account of `other`: super admins any, admins
    /// any but super admins, nobody else any.
    #[must_use]
    pub const fn may_manage(self, other: Self) -> bool {
        match self {
            Self::SuperAdmin => true,
            Self::Admin => !matches!(other, Self::SuperAdmin),
            Self::Organizer | Self::Staff | Self::Viewer | Self::Guest => false,
        }
    }
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// E-mail address, unique without regard to case.
    pub email: String,
    /// Name.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// Whether it may sign in.
    pub status: AccountStatus,
    /// When it was made, UTC ms.
    pub created_at: i64,
}

/// Wrong passwords in a row after which an account is shut for a while.
pub const FAILURES_ALLOWED: u32 = 5;
/// How long it is shut then, in milliseconds; twice as long after each further failure, a day at
/// most.
const FIRST_LOCK_MS: i64 = 60_000;
const LONGEST_LOCK_MS: i64 = 24 * 3_600_000;

/// Until when an account is shut after so many wrong passwords in a row, the last at `now` (UTC
/// ms); none while that is not enough.
#[must_use]
pub fn locked_until(failures: u32, now: i64) -> Option<i64> {
    let over = failures.checked_sub(FAILURES_ALLOWED)?;
    let length = FIRST_LOCK_MS
        .checked_shl(over.min(20))
        .unwrap_or(LONGEST_LOCK_MS)
        .min(LONGEST_LOCK_MS);
    Some(now + length)
}

/// Adds what is wrong with a new account's name, address and password.
pub fn check_new_account(name: &str, email: &str, password: &str, errors: &mut Vec<FieldError>) {
    let length = name.trim().chars().count();
    if length == 0 || length > 200 {
        errors.push(FieldError::new(
            "name",
            "name_length",
            "give a name of 1 to 200 characters",
        ));
    }
    check_email(email, errors);
    check_password("password", password, email, errors);
}

/// Adds that an address is none.
pub fn check_email(email: &str, errors: &mut Vec<FieldError>) {
    let email = email.trim();
    let plausible = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && local.len() <= 64
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        })
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if !plausible {
        errors.push(FieldError::new(
            "email",
            "email_unreadable",
            "give an address such as ada@example.org",
        ));
    }
}

/// Adds that a password is too short, too long, or the address itself. Length is what keeps a
/// password (NIST SP 800-63B §5.1.1.2); no rule asks for signs.
pub fn check_password(field: &str, password: &str, email: &str, errors: &mut Vec<FieldError>) {
    let length = password.chars().count();
    if length < 10 {
        errors.push(FieldError::new(
            field,
            "password_too_short",
            "give a password of at least 10 characters",
        ));
    } else if password.len() > 1_024 {
        errors.push(FieldError::new(
            field,
            "password_too_long",
            "give a password of 1,024 bytes at most",
        ));
    } else if password.eq_ignore_ascii_case(email.trim()) {
        errors.push(FieldError::new(
            field,
            "password_is_email",
            "give a password that is not the address",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_permissions() {
        // Roles: super_admin, admin, organizer, staff, viewer, guest.
        let table = [
            (Action::OwnAccount, "xxxxxx"),
            (Action::ReadEvents, "xxxxx-"),
            (Action::ReadAudit, "xxx---"),
            (Action::PlanEvents, "xxx---"),
            (Action::EditGuests, "xxx---"),
            (Action::IssueTickets, "xxx---"),
            (Action::Scan, "xxxx--"),
            (Action::ManageGates, "xxx---"),
            (Action::ManageKeys, "xx----"),
            (Action::InviteOfficially, "x-----"),
            (Action::ReadAccounts, "xx----"),
            (Action::ManageAccounts, "xx----"),
            (Action::ManageWorkspace, "xx----"),
        ];
        assert_eq!(table.len(), Action::ALL.len());
        for (action, row) in table {
            let found: String = Role::ALL
                .iter()
                .map(|role| if role.may(action) { 'x' } else { '-' })
                .collect();
            assert_eq!(found, row, "{action}");
        }
    }

    #[test]
    fn nobody_raises_anybody_above_themselves() {
        for role in Role::ALL {
            let may = |other: &&Role| role.may_manage(**other);
            let count = Role::ALL.iter().filter(may).count();
            let expected = match role {
                Role::SuperAdmin => 6,
                Role::Admin => 5,
                _ => 0,
            };
            assert_eq!(count, expected, "{role}");
        }
        assert!(!Role::Admin.may_manage(Role::SuperAdmin));
    }

    #[test]
    fn an_account_is_shut_longer_with_each_wrong_password() {
        let minutes = |failures| locked_until(failures, 0).map(|ms| ms / 60_000);
        let table = [
            (0, None),
            (4, None),
            (5, Some(1)),
            (6, Some(2)),
            (8, Some(8)),
            (20, Some(1_440)),
            (u32::MAX, Some(1_440)),
        ];
        for (failures, expected) in table {
            assert_eq!(minutes(failures), expected, "{failures}");
        }
    }

    #[test]
    fn a_new_account_is_told_everything_that_is_wrong_at_once() {
        let codes = |name, email, password| {
            let mut errors = Vec::new();
            check_new_account(name, email, password, &mut errors);
            errors.iter().map(|e| e.code).collect::<Vec<_>>()
        };
        assert!(codes("Ada Lark", "ada@example.org", "a long enough one").is_empty());
        assert_eq!(
            codes(" ", "ada", "short"),
            ["name_length", "email_unreadable", "password_too_short"]
        );
        for email in ["@b.c", "a@b", "a@b.", "a@.b", "a b@c.d", "a@b@c.d"] {
            assert_eq!(
                codes("Ada", email, "a long enough one"),
                ["email_unreadable"]
            );
        }
        assert_eq!(
            codes("Ada", "ada@example.org", "ADA@example.org"),
            ["password_is_email"]
        );
    }
}
