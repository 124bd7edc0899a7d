-- An event's own file. Times are UTC milliseconds, ids 16 bytes, money minor units.
CREATE TABLE file_info (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  workspace BLOB NOT NULL CHECK (length(workspace) = 16),
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  language TEXT NOT NULL,
  organizer TEXT NOT NULL,
  place TEXT NOT NULL,
  settings TEXT NOT NULL,
  home_epoch INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  title TEXT,
  doors_at INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
  place TEXT,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE zones (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_types (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
  capacity INTEGER CHECK (capacity >= 0),
  colour INTEGER NOT NULL CHECK (colour BETWEEN 0 AND 7),
  attendance TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_type_sessions (
  ticket_type BLOB NOT NULL REFERENCES ticket_types (id),
  session BLOB NOT NULL REFERENCES sessions (id),
  PRIMARY KEY (ticket_type, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_type_zones (
  ticket_type BLOB NOT NULL REFERENCES ticket_types (id),
  zone BLOB NOT NULL REFERENCES zones (id),
  PRIMARY KEY (ticket_type, zone)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  file_sha256 BLOB NOT NULL,
  mapping TEXT NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE guests (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  company TEXT,
  title TEXT,
  notes TEXT,
  group_name TEXT,
  ticket_type BLOB REFERENCES ticket_types (id),
  seat TEXT,
  language TEXT,
  party_size INTEGER CHECK (party_size BETWEEN 1 AND 50),
  external_id TEXT,
  custom TEXT,
  line INTEGER,
  import BLOB REFERENCES imports (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX guests_by_external_id ON guests (external_id) WHERE external_id IS NOT NULL;

CREATE TABLE batches (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  seat_mode TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  number TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  batch BLOB REFERENCES batches (id),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE party_members (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  invitation BLOB NOT NULL REFERENCES invitations (id),
  guest BLOB UNIQUE REFERENCES guests (id),
  position INTEGER NOT NULL,
  status TEXT NOT NULL,
  seat TEXT,
  -- The guest whose plus-one this is, for a member who is named later.
  host BLOB REFERENCES guests (id),
  UNIQUE (invitation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 8),
  version INTEGER NOT NULL UNIQUE,
  profile TEXT NOT NULL,
  public_key BLOB NOT NULL,
  sealed BLOB NOT NULL,
  certificate TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (status) WHERE status = 'active';

CREATE TABLE tickets (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  number INTEGER NOT NULL UNIQUE,
  invitation BLOB NOT NULL REFERENCES invitations (id),
  member BLOB NOT NULL REFERENCES party_members (id),
  guest BLOB REFERENCES guests (id),
  ticket_type BLOB NOT NULL REFERENCES ticket_types (id),
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  rendered_at INTEGER,
  emailed_at INTEGER,
  downloaded_at INTEGER,
  opened_at INTEGER,
  checked_in_at INTEGER,
  voided_at INTEGER,
  void_reason TEXT
) STRICT, WITHOUT ROWID;
-- One good ticket for each member, so a run that goes on after a crash issues none twice.
CREATE UNIQUE INDEX tickets_one_per_member ON tickets (member)
  WHERE status NOT IN ('voided', 'transferred');

CREATE TABLE credentials (
  ticket BLOB NOT NULL REFERENCES tickets (id),
  version INTEGER NOT NULL CHECK (version >= 1),
  signing_key BLOB NOT NULL REFERENCES signing_keys (id),
  packed BLOB NOT NULL,
  issued_at INTEGER NOT NULL,
  PRIMARY KEY (ticket, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  public_key BLOB NOT NULL,
  -- Present on the device itself only, sealed by its vault.
  sealed BLOB,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

-- The used-mark: written with the scan that admits, so that no two fill the same slot.
CREATE TABLE admissions (
  ticket BLOB NOT NULL REFERENCES tickets (id),
  slot TEXT NOT NULL,
  device BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (ticket, slot),
  FOREIGN KEY (device, incarnation, sequence) REFERENCES scans (device, incarnation, sequence)
) STRICT, WITHOUT ROWID;

-- Every change: who, when, from which machine and why; edits carry their changeset for undo.
CREATE TABLE edits (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  machine TEXT NOT NULL,
  command TEXT NOT NULL,
  reason TEXT,
  schema_version INTEGER NOT NULL,
  changeset BLOB,
  undoes BLOB,
  undone_by BLOB
) STRICT;
