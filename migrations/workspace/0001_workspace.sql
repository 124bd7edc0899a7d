-- A workspace's own file: its identity, its protected keys, its events and its contact book.
CREATE TABLE file_info (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- How the master key is held: keyring, passphrase or key file; no secret in itself.
  protection TEXT NOT NULL,
  root_public BLOB NOT NULL,
  root_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the event files say of themselves; rebuilt from them at any time.
CREATE TABLE events (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  route INTEGER NOT NULL UNIQUE,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_start ON events (starts_at);

-- Every signing key of every event, so that a gate can tell another event's ticket from a forged one.
CREATE TABLE event_keys (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 8),
  event BLOB NOT NULL REFERENCES events (id),
  certificate TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  contact_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  company TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_events (
  contact BLOB NOT NULL REFERENCES contacts (id),
  event BLOB NOT NULL REFERENCES events (id),
  guest BLOB NOT NULL,
  PRIMARY KEY (contact, event, guest)
) STRICT, WITHOUT ROWID;
