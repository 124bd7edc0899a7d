-- A gate's own file: the roster that its home gave it, and its scans. Times are UTC milliseconds,
-- ids 16 bytes. What doors read and write has the shape that it has in an event's file.
CREATE TABLE file_info (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each roster that was taken in: the newest is the one that holds.
CREATE TABLE edits (
  sequence INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- The event and all but its tickets, as the home told it.
CREATE TABLE roster (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  head TEXT NOT NULL
) STRICT;

CREATE TABLE devices (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  public_key BLOB NOT NULL,
  sealed BLOB,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  place TEXT NOT NULL DEFAULT '',
  zone BLOB,
  session BLOB,
  direction TEXT NOT NULL DEFAULT 'entry',
  kind TEXT NOT NULL DEFAULT 'gate',
  info TEXT NOT NULL DEFAULT '{}',
  settings TEXT NOT NULL DEFAULT '{}',
  credential INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_seen_at INTEGER,
  last_synced_at INTEGER,
  pending INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  ticket_type BLOB NOT NULL,
  name TEXT NOT NULL,
  unnamed INTEGER NOT NULL,
  seat TEXT,
  invitation TEXT NOT NULL,
  party TEXT NOT NULL,
  company TEXT,
  title TEXT,
  group_name TEXT,
  language TEXT,
  custom TEXT,
  checked_in_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_invitation ON tickets (invitation);

CREATE VIEW door_tickets AS SELECT * FROM tickets;
-- A gate has no list of guests and no invitations; their counts are its home's to tell.
CREATE VIEW guests AS SELECT id FROM tickets WHERE 0;
CREATE VIEW invitations AS SELECT id FROM tickets WHERE 0;

-- Append-only: no statement of ours updates or deletes a scan.
CREATE TABLE scans (
  device BLOB NOT NULL REFERENCES devices (id),
  incarnation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  nonce BLOB NOT NULL UNIQUE CHECK (length(nonce) = 16),
  ticket BLOB,
  session BLOB,
  day INTEGER NOT NULL,
  zone BLOB,
  direction TEXT NOT NULL,
  verdict TEXT NOT NULL,
  code TEXT NOT NULL,
  clock_ms INTEGER NOT NULL,
  clock_counter INTEGER NOT NULL,
  record BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (device, incarnation, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX scans_passages ON scans (ticket, clock_ms, clock_counter, device)
  WHERE verdict <> 'refused';

CREATE TABLE admissions (
  ticket BLOB NOT NULL,
  slot TEXT NOT NULL,
  device BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (ticket, slot),
  FOREIGN KEY (device, incarnation, sequence) REFERENCES scans (device, incarnation, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE undone (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  device BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  FOREIGN KEY (device, incarnation, sequence) REFERENCES scans (device, incarnation, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE scan_reasons (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (
  ticket BLOB NOT NULL,
  place BLOB NOT NULL,
  inside INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ticket, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_inside ON presence (place, at) WHERE inside = 1;

CREATE TABLE reversals (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  device BLOB NOT NULL,
  ticket BLOB NOT NULL,
  original BLOB NOT NULL,
  told_at INTEGER
) STRICT, WITHOUT ROWID;
