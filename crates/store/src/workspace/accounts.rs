//! Accounts, the sessions that stay signed in, and the workspace's own audit.

use gatehouse_domain::account::{Account, AccountStatus, Role};
use gatehouse_domain::guest::email_key;
use gatehouse_domain::id::AccountId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::WorkspaceFile;
use crate::error::StoreError;
use crate::row;

/// An account with what signing in needs.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// Argon2id in the PHC string format.
    pub password_hash: String,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Until when it is shut, UTC ms.
    pub locked_until: Option<i64>,
}

impl std::fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountRow")
            .field("id", &self.account.id)
            .finish_non_exhaustive()
    }
}

/// One session that stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInRow {
    /// The session's id.
    pub id: Uuid,
    /// Whose it is.
    pub account: AccountId,
    /// SHA-256 of the refresh token that is good now.
    pub refresh_hash: [u8; 32],
    /// When it began, UTC ms.
    pub created_at: i64,
    /// When its refresh token was last used, UTC ms.
    pub used_at: i64,
    /// When it ends, UTC ms.
    pub expires_at: i64,
}

/// A line of the workspace's own audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceEdit {
    /// When, UTC ms.
    pub at: i64,
    /// Who: an account's id, or the program's own name.
    pub actor: String,
    /// On which machine.
    pub machine: String,
    /// Verb and object.
    pub command: String,
    /// Id of what it was done to.
    pub subject: String,
}

const ACCOUNT: &str = "SELECT id, email, name, role, status, created_at, password_hash, failures,
                              locked_until FROM accounts";

fn account_row(r: &Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        account: Account {
            id: row::id(r, 0)?,
            email: r.get(1)?,
            name: r.get(2)?,
            role: row::word(r, 3)?,
            status: row::word(r, 4)?,
            created_at: r.get(5)?,
        },
        password_hash: r.get(6)?,
        failures: r.get(7)?,
        locked_until: r.get(8)?,
    })
}

pub(super) fn insert_edit(conn: &Connection, edit: &WorkspaceEdit) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO workspace_edits (at, actor, machine, command, subject)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            edit.at,
            edit.actor,
            edit.machine,
            edit.command,
            edit.subject
        ],
    )?;
    Ok(())
}

impl WorkspaceFile {
    /// Adds an account, with the role that `role` tells from the number of accounts before it, in
    /// one transaction; an address that is taken is a constraint error.
    pub fn insert_account(
        &self,
        row: &AccountRow,
        role: impl FnOnce(u64) -> Role,
        edit: &WorkspaceEdit,
    ) -> Result<Account, StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let before: i64 = tx.query_row("SELECT count(*) FROM accounts", [], |r| r.get(0))?;
        let account = Account {
            role: role(before.unsigned_abs()),
            ..row.account.clone()
        };
        tx.execute(
            "INSERT INTO accounts (id, email, email_key, name, role, status, password_hash,
                                   created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                account.id.as_bytes(),
                account.email,
                email_key(&account.email),
                account.name,
                account.role.word(),
                account.status.word(),
                row.password_hash,
                account.created_at,
            ],
        )?;
        insert_edit(&tx, edit)?;
        tx.commit()?;
        Ok(account)
    }

    /// All accounts, oldest first.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(&format!("{ACCOUNT} ORDER BY id"))?;
        let rows = statement.query_map([], |r| Ok(account_row(r)?.account))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many accounts there are.
    pub fn count_accounts(&self) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn()
            .query_row("SELECT count(*) FROM accounts", [], |r| r.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// One account.
    pub fn account(&self, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached(&format!("{ACCOUNT} WHERE id = ?1"))?
            .query_row([id.as_bytes()], account_row)
            .optional()?)
    }

    /// The account with this address.
    pub fn account_by_email(&self, email: &str) -> Result<Option<AccountRow>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached(&format!("{ACCOUNT} WHERE email_key = ?1"))?
            .query_row([email_key(email)], account_row)
            .optional()?)
    }

    /// Writes an account's name, role, status and, where one is given, its password anew. Refused
    /// when nobody would be left who is a super admin and may sign in.
    pub fn update_account(
        &self,
        account: &Account,
        password_hash: Option<&str>,
        edit: &WorkspaceEdit,
    ) -> Result<bool, StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute(
            "UPDATE accounts SET name = ?2, role = ?3, status = ?4,
                    password_hash = coalesce(?5, password_hash)
             WHERE id = ?1",
            params![
                account.id.as_bytes(),
                account.name,
                account.role.word(),
                account.status.word(),
                password_hash,
            ],
        )?;
        if password_hash.is_some() || account.status == AccountStatus::Disabled {
            end_sign_ins(&tx, account.id)?;
        }
        if !has_super_admin(&tx)? {
            return Ok(false);
        }
        insert_edit(&tx, edit)?;
        tx.commit()?;
        Ok(true)
    }

    /// Deletes an account and its sessions. Refused when nobody would be left who is a super admin
    /// and may sign in.
    pub fn delete_account(&self, id: AccountId, edit: &WorkspaceEdit) -> Result<bool, StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        end_sign_ins(&tx, id)?;
        tx.execute("DELETE FROM accounts WHERE id = ?1", [id.as_bytes()])?;
        if !has_super_admin(&tx)? {
            return Ok(false);
        }
        insert_edit(&tx, edit)?;
        tx.commit()?;
        Ok(true)
    }

    /// Counts a wrong password, in one transaction; `lock` tells until when the account is shut
    /// after so many.
    pub fn count_failure(
        &self,
        id: AccountId,
        lock: impl FnOnce(u32) -> Option<i64>,
    ) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let failures: u32 = tx.query_row(
            "UPDATE accounts SET failures = min(failures + 1, 1000) WHERE id = ?1
             RETURNING failures",
            [id.as_bytes()],
            |r| r.get(0),
        )?;
        tx.execute(
            "UPDATE accounts SET locked_until = ?2 WHERE id = ?1",
            params![id.as_bytes(), lock(failures)],
        )?;
        tx.commit()?;
        Ok(())
    }

    /// Begins a session after a right password, which forgets the wrong ones before it.
    pub fn begin_sign_in(&self, sign_in: &SignInRow) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction()?;
        tx.execute(
            "UPDATE accounts SET failures = 0, locked_until = NULL WHERE id = ?1",
            [sign_in.account.as_bytes()],
        )?;
        tx.execute(
            "DELETE FROM sign_ins WHERE expires_at <= ?1",
            [sign_in.created_at],
        )?;
        tx.execute(
            "INSERT INTO sign_ins (id, account, refresh_hash, created_at, used_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                sign_in.id.as_bytes(),
                sign_in.account.as_bytes(),
                sign_in.refresh_hash,
                sign_in.created_at,
                sign_in.used_at,
                sign_in.expires_at,
            ],
        )?;
        tx.commit()?;
        Ok(())
    }

    /// One session.
    pub fn sign_in(&self, id: Uuid) -> Result<Option<SignInRow>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached(
                "SELECT id, account, refresh_hash, created_at, used_at, expires_at FROM sign_ins
                 WHERE id = ?1",
            )?
            .query_row([id.as_bytes()], |r| {
                Ok(SignInRow {
                    id: row::id(r, 0)?,
                    account: row::id(r, 1)?,
                    refresh_hash: r.get(2)?,
                    created_at: r.get(3)?,
                    used_at: r.get(4)?,
                    expires_at: r.get(5)?,
                })
            })
            .optional()?)
    }

    /// Puts a new refresh token in the place of the one that was used; says whether that one was
    /// still good.
    pub fn rotate_refresh(
        &self,
        id: Uuid,
        old: &[u8; 32],
        new: &[u8; 32],
        at: i64,
    ) -> Result<bool, StoreError> {
        let changed = self.conn().execute(
            "UPDATE sign_ins SET refresh_hash = ?3, used_at = ?4
             WHERE id = ?1 AND refresh_hash = ?2 AND expires_at > ?4",
            params![id.as_bytes(), old, new, at],
        )?;
        Ok(changed == 1)
    }

    /// Ends a session.
    pub fn end_sign_in(&self, id: Uuid) -> Result<(), StoreError> {
        self.conn()
            .execute("DELETE FROM sign_ins WHERE id = ?1", [id.as_bytes()])?;
        Ok(())
    }

    /// A sealed secret of the workspace; `make` gives it the first time.
    pub fn secret(
        &self,
        purpose: &str,
        make: impl FnOnce() -> Vec<u8>,
    ) -> Result<Vec<u8>, StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let found = tx
            .query_row(
                "SELECT sealed FROM secrets WHERE purpose = ?1",
                [purpose],
                |r| r.get(0),
            )
            .optional()?;
        if let Some(sealed) = found {
            return Ok(sealed);
        }
        let sealed = make();
        tx.execute(
            "INSERT INTO secrets (purpose, sealed) VALUES (?1, ?2)",
            params![purpose, sealed],
        )?;
        tx.commit()?;
        Ok(sealed)
    }

    /// The newest lines of the workspace's own audit, newest first.
    pub fn workspace_edits(&self, limit: u32) -> Result<Vec<WorkspaceEdit>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT at, actor, machine, command, subject FROM workspace_edits
             ORDER BY sequence DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |r| {
            Ok(WorkspaceEdit {
                at: r.get(0)?,
                actor: r.get(1)?,
                machine: r.get(2)?,
                command: r.get(3)?,
                subject: r.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn end_sign_ins(conn: &Connection, account: AccountId) -> Result<(), StoreError> {
    conn.execute(
        "DELETE FROM sign_ins WHERE account = ?1",
        [account.as_bytes()],
    )?;
    Ok(())
}

fn has_super_admin(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM accounts WHERE role = ?1 AND status = ?2)",
        params![Role::SuperAdmin.word(), AccountStatus::Active.word()],
        |r| r.get(0),
    )?)
}
