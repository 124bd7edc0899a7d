-- Who may sign in, and the sessions that stay signed in.
CREATE TABLE accounts (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  -- Argon2id in the PHC string format.
  password_hash TEXT NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One for each sign-in; its refresh token changes with each use, and an old one ends it.
CREATE TABLE sign_ins (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  account BLOB NOT NULL REFERENCES accounts (id),
  -- SHA-256 of the refresh token that is good now.
  refresh_hash BLOB NOT NULL CHECK (length(refresh_hash) = 32),
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_by_account ON sign_ins (account);

-- Secrets of the workspace, each sealed by its vault.
CREATE TABLE secrets (
  purpose TEXT PRIMARY KEY NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What was done in the workspace itself; an event's own file tells what was done to it.
CREATE TABLE workspace_edits (
  sequence INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  machine TEXT NOT NULL,
  command TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;
