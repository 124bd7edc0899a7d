//! Accounts: registered, signed in, kept signed in, changed. Passwords and tokens are written
//! nowhere but where they must be, and never into a log.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use gatehouse_credential::access::{AccessKey, RefreshToken, new_access_secret};
use gatehouse_credential::password::{hash_password, verify_password};
use gatehouse_domain::account::{
    Account, AccountStatus, Action, Role, check_new_account, check_password, locked_until,
};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{AccountId, Route};
use gatehouse_store::workspace::{AccountRow, SignInRow, WorkspaceEdit};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// How long an access token is good, in seconds.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// How long a session stays signed in without being used again, in milliseconds.
const STAY_MS: i64 = 30 * 24 * 3_600_000;
/// What the secret of access tokens is sealed for.
const ACCESS_PURPOSE: &str = "access tokens";

/// What a person gives to register.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Password, at least 10 characters.
    pub password: String,
}

/// What a manager changes of an account; what is absent stays.
#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AccountChange {
    /// Name.
    pub name: Option<String>,
    /// What the person is.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub status: Option<AccountStatus>,
    /// A new password; it ends every session.
    pub password: Option<String>,
}

/// A person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Their account.
    pub account: Account,
    /// Their session.
    pub session: uuid::Uuid,
}

/// What signing in gives.
#[derive(Clone, Serialize)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// Good for 15 minutes.
    pub access_token: String,
    /// Good for one use within 30 days; gives both anew.
    pub refresh_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("account", &self.account.id)
            .finish_non_exhaustive()
    }
}

impl Workspace {
    /// Whether somebody has an account, so that the office asks who is there.
    pub fn has_accounts(&self) -> Result<bool, Problem> {
        Ok(self.file().count_accounts()? > 0)
    }

    /// Makes an account: the first of a workspace is a super admin, every later one a guest.
    pub fn register(&self, given: &Registration) -> Result<Account, Problem> {
        let role = |before| match before {
            0 => Role::SuperAdmin,
            _ => Role::Guest,
        };
        self.insert_account(given, role, "register", None)
    }

    /// Makes an account of a role that the manager may give.
    pub fn add_account(
        &self,
        by: &Signed,
        given: &Registration,
        role: Role,
    ) -> Result<Account, Problem> {
        by.check(Action::ManageAccounts)?;
        by.check_manage(role)?;
        self.insert_account(given, |_| role, "add account", Some(by))
    }

    fn insert_account(
        &self,
        given: &Registration,
        role: impl FnOnce(u64) -> Role,
        command: &str,
        by: Option<&Signed>,
    ) -> Result<Account, Problem> {
        let mut errors = Vec::new();
        check_new_account(&given.name, &given.email, &given.password, &mut errors);
        if errors.is_empty() && self.file().account_by_email(&given.email)?.is_some() {
            errors.push(email_taken());
        }
        FieldErrors::check(errors)?;
        let now = self.surroundings().now();
        let account = Account {
            id: AccountId(self.surroundings().mint(Route::of(self.id().0)).mint(now)),
            email: given.email.trim().to_owned(),
            name: given.name.trim().to_owned(),
            role: Role::Guest,
            status: AccountStatus::Active,
            created_at: now,
        };
        let row = AccountRow {
            password_hash: self.hash(&given.password)?,
            account,
            failures: 0,
            locked_until: None,
        };
        let edit = self.edit(by, command, row.account.id);
        self.file()
            .insert_account(&row, role, &edit)
            .map_err(|error| match error.code() {
                // Somebody took the address between the look and the write.
                "constraint" => FieldErrors(vec![email_taken()]).into(),
                _ => Problem::from(error),
            })
    }

    fn hash(&self, password: &str) -> Result<String, Problem> {
        hash_password(password, self.surroundings().password_cost).ok_or_else(|| {
            Problem::new(
                "memory_short",
                "there is too little memory to take a password; close something and try again",
            )
        })
    }

    fn edit(&self, by: Option<&Signed>, command: &str, subject: AccountId) -> WorkspaceEdit {
        self.workspace_edit(by, command, &subject.to_string())
    }

    /// A line of the workspace's own audit.
    pub(crate) fn workspace_edit(
        &self,
        by: Option<&Signed>,
        command: &str,
        subject: &str,
    ) -> WorkspaceEdit {
        let surroundings = self.surroundings();
        WorkspaceEdit {
            at: surroundings.now(),
            actor: by.filter(|by| !by.is_owner()).map_or_else(
                || surroundings.actor.clone(),
                |by| by.account.id.to_string(),
            ),
            machine: surroundings.machine.clone(),
            command: command.to_owned(),
            subject: subject.to_owned(),
        }
    }

    /// Signs a person in. An unknown address, a wrong password and an account that may not sign in
    /// are told with the same words and take the same time; five wrong passwords shut the account
    /// for a minute, each further one for twice as long.
    pub fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, Problem> {
        let now = self.surroundings().now();
        let found = self.file().account_by_email(email)?;
        if let Some(until) = found.as_ref().and_then(|row| row.locked_until)
            && until > now
        {
            let minutes = (until - now + 59_999) / 60_000;
            return Err(Problem::new(
                "account_locked",
                format!(
                    "too many wrong passwords; try again in {minutes} minute{}",
                    if minutes == 1 { "" } else { "s" }
                ),
            ));
        }
        let right = match &found {
            Some(row) => verify_password(password, &row.password_hash),
            None => {
                // As long as a look at a real one.
                self.hash(password)?;
                false
            }
        };
        let Some(row) = found.filter(|_| right) else {
            if let Some(row) = self.file().account_by_email(email)? {
                self.file()
                    .count_failure(row.account.id, |failures| locked_until(failures, now))?;
            }
            return Err(wrong_password());
        };
        if row.account.status != AccountStatus::Active {
            return Err(wrong_password());
        }
        let session = self.surroundings().mint(Route::of(self.id().0)).mint(now);
        let refresh = RefreshToken::draw(session);
        self.file().begin_sign_in(&SignInRow {
            id: session,
            account: row.account.id,
            refresh_hash: refresh.hash(),
            created_at: now,
            used_at: now,
            expires_at: now + STAY_MS,
        })?;
        self.signed_in(row.account, &refresh, now)
    }

    /// Gives new tokens for a refresh token, which is good once. One that was used before is a
    /// copy in somebody else's hands: it ends the session.
    pub fn refresh(&self, text: &str) -> Result<SignedIn, Problem> {
        let now = self.surroundings().now();
        let token = RefreshToken::from_text(text).ok_or_else(signed_out)?;
        let kept = self
            .file()
            .sign_in(token.session())?
            .filter(|kept| kept.expires_at > now)
            .ok_or_else(signed_out)?;
        let next = RefreshToken::draw(kept.id);
        if !token.matches(&kept.refresh_hash)
            || !self
                .file()
                .rotate_refresh(kept.id, &kept.refresh_hash, &next.hash(), now)?
        {
            self.file().end_sign_in(kept.id)?;
            return Err(signed_out());
        }
        let row = self
            .file()
            .account(kept.account)?
            .filter(|row| row.account.status == AccountStatus::Active)
            .ok_or_else(signed_out)?;
        self.signed_in(row.account, &next, now)
    }

    fn signed_in(
        &self,
        account: Account,
        refresh: &RefreshToken,
        now: i64,
    ) -> Result<SignedIn, Problem> {
        let access_token = self
            .access_key()?
            .issue(
                account.id.0,
                refresh.session(),
                now.div_euclid(1_000),
                ACCESS_SECONDS,
            )
            .ok_or_else(|| Problem::new("sign_failed", "the session could not be signed"))?;
        Ok(SignedIn {
            account,
            access_token,
            refresh_token: refresh.to_text(),
            expires_in: ACCESS_SECONDS,
        })
    }

    /// The person behind an access token, as their account stands now: a session that ended, an
    /// account that was deleted or switched off is nobody at once.
    pub fn authenticate(&self, token: &str) -> Result<Signed, Problem> {
        let now = self.surroundings().now();
        let claims = self
            .access_key()?
            .verify(token, now.div_euclid(1_000))
            .ok_or_else(signed_out)?;
        let session = self.file().sign_in(claims.sid)?.ok_or_else(signed_out)?;
        let row = self
            .file()
            .account(AccountId(claims.sub))?
            .filter(|row| {
                row.account.status == AccountStatus::Active && row.account.id == session.account
            })
            .ok_or_else(signed_out)?;
        Ok(Signed {
            account: row.account,
            session: session.id,
        })
    }

    /// The person at this machine's own desk, who needs no password as long as nobody else has an
    /// account: the one account that there is, or the machine's owner while there is none.
    pub fn at_desk(&self) -> Result<Signed, Problem> {
        let accounts = self.file().accounts()?;
        let account = match accounts.as_slice() {
            [] => return Ok(self.owner()),
            [only] => only.clone(),
            _ => {
                return Err(Problem::new(
                    "signed_out",
                    "several people have accounts here; sign in with yours",
                ));
            }
        };
        Ok(Signed {
            account,
            session: uuid::Uuid::nil(),
        })
    }

    /// Whoever runs the program with the workspace's keys at hand: everything that these protect is
    /// theirs anyway.
    #[must_use]
    pub fn owner(&self) -> Signed {
        Signed {
            account: Account {
                id: AccountId(uuid::Uuid::nil()),
                email: String::new(),
                name: self.surroundings().actor.clone(),
                role: Role::SuperAdmin,
                status: AccountStatus::Active,
                created_at: self.row().created_at,
            },
            session: uuid::Uuid::nil(),
        }
    }

    /// One account: one's own, or any for those who may see them.
    pub fn account(&self, by: &Signed, id: AccountId) -> Result<Account, Problem> {
        if by.account.id == id {
            return Ok(by.account.clone());
        }
        by.check(Action::ReadAccounts)?;
        let row = self.file().account(id)?.ok_or_else(account_unknown)?;
        Ok(row.account)
    }

    /// Ends the person's session; its tokens are worth nothing from now on.
    pub fn sign_out(&self, by: &Signed) -> Result<(), Problem> {
        Ok(self.file().end_sign_in(by.session)?)
    }

    /// All accounts, oldest first.
    pub fn accounts(&self, by: &Signed) -> Result<Vec<Account>, Problem> {
        by.check(Action::ReadAccounts)?;
        Ok(self.file().accounts()?)
    }

    /// Changes an account. People change their own name and password; managers everything of the
    /// accounts that are not above them. The last super admin stays one.
    pub fn change_account(
        &self,
        by: &Signed,
        id: AccountId,
        wanted: &AccountChange,
    ) -> Result<Account, Problem> {
        let own = by.account.id == id;
        let found = self.file().account(id)?.ok_or_else(account_unknown)?;
        let rank = wanted.role.is_some_and(|role| role != found.account.role)
            || wanted
                .status
                .is_some_and(|status| status != found.account.status);
        if !own || rank {
            by.check(Action::ManageAccounts)?;
            by.check_manage(found.account.role)?;
            by.check_manage(wanted.role.unwrap_or(found.account.role))?;
        }
        let mut account = found.account;
        let mut errors = Vec::new();
        if let Some(name) = &wanted.name {
            let length = name.trim().chars().count();
            if length == 0 || length > 200 {
                errors.push(FieldError::new(
                    "name",
                    "name_length",
                    "give a name of 1 to 200 characters",
                ));
            }
            account.name = name.trim().to_owned();
        }
        if let Some(password) = &wanted.password {
            check_password("password", password, &account.email, &mut errors);
        }
        FieldErrors::check(errors)?;
        account.role = wanted.role.unwrap_or(account.role);
        account.status = wanted.status.unwrap_or(account.status);
        let hash = wanted
            .password
            .as_deref()
            .map(|password| self.hash(password))
            .transpose()?;
        let edit = self.edit(Some(by), "change account", id);
        if self
            .file()
            .update_account(&account, hash.as_deref(), &edit)?
        {
            Ok(account)
        } else {
            Err(last_super_admin())
        }
    }

    /// Deletes an account that is not above the manager; the last super admin stays.
    pub fn delete_account(&self, by: &Signed, id: AccountId) -> Result<(), Problem> {
        by.check(Action::ManageAccounts)?;
        let found = self.file().account(id)?.ok_or_else(account_unknown)?;
        by.check_manage(found.account.role)?;
        let edit = self.edit(Some(by), "delete account", id);
        if self.file().delete_account(id, &edit)? {
            Ok(())
        } else {
            Err(last_super_admin())
        }
    }

    /// Names of all accounts by their ids.
    pub(crate) fn names_of_accounts(&self) -> Result<HashMap<String, String>, Problem> {
        Ok(self
            .file()
            .accounts()?
            .into_iter()
            .map(|account| (account.id.to_string(), account.name))
            .collect())
    }

    fn access_key(&self) -> Result<Arc<AccessKey>, Problem> {
        let mut kept = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = kept.as_ref() {
            return Ok(Arc::clone(key));
        }
        let sealed = self.file().secret(ACCESS_PURPOSE, || {
            self.vault().seal(ACCESS_PURPOSE, &*new_access_secret())
        })?;
        let secret = self
            .vault()
            .open(ACCESS_PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        let key = Arc::new(AccessKey::from_secret(&secret));
        *kept = Some(Arc::clone(&key));
        Ok(key)
    }
}

impl Signed {
    /// Whether this is the machine's owner, who has no account yet.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.account.id.0.is_nil()
    }

    /// Refuses what the person's role may not do.
    pub fn check(&self, action: Action) -> Result<(), Problem> {
        if self.account.role.may(action) {
            return Ok(());
        }
        Err(Problem::new(
            "not_allowed",
            format!(
                "your role ({}) does not allow this; ask an admin",
                self.account.role
            ),
        ))
    }

    fn check_manage(&self, role: Role) -> Result<(), Problem> {
        if self.account.role.may_manage(role) {
            return Ok(());
        }
        Err(Problem::new(
            "not_allowed",
            format!("only a super admin manages accounts of the role {role}"),
        ))
    }
}

fn email_taken() -> FieldError {
    FieldError::new(
        "email",
        "email_taken",
        "another account has this address; sign in, or give another one",
    )
}

fn wrong_password() -> Problem {
    Problem::new(
        "password_wrong",
        "this address and password do not belong together",
    )
}

fn signed_out() -> Problem {
    Problem::new("signed_out", "you are signed out; sign in again")
}

fn account_unknown() -> Problem {
    Problem::new("account_unknown", "there is no such account")
}

fn last_super_admin() -> Problem {
    Problem::new(
        "last_super_admin",
        "somebody has to be super admin; give that role to another account first",
    )
}
