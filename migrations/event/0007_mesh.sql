-- Gates that share their scans. A device that came back from an old copy of its file may sign a
-- number twice: both records are kept, so a scan is known by its nonce.
CREATE TABLE scans_kept (
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
  PRIMARY KEY (device, incarnation, sequence, nonce)
) STRICT, WITHOUT ROWID;
INSERT INTO scans_kept SELECT device, incarnation, sequence, nonce, ticket, session, day, zone,
  direction, verdict, code, clock_ms, clock_counter, record, signature FROM scans;

CREATE TABLE admissions_kept (
  ticket BLOB NOT NULL REFERENCES tickets (id),
  slot TEXT NOT NULL,
  nonce BLOB NOT NULL REFERENCES scans (nonce),
  PRIMARY KEY (ticket, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO admissions_kept SELECT a.ticket, a.slot, s.nonce FROM admissions a
  JOIN scans s ON s.device = a.device AND s.incarnation = a.incarnation
              AND s.sequence = a.sequence;

CREATE TABLE undone_kept (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  undone_by BLOB NOT NULL REFERENCES scans (nonce)
) STRICT, WITHOUT ROWID;
INSERT INTO undone_kept SELECT u.nonce, s.nonce FROM undone u
  JOIN scans s ON s.device = u.device AND s.incarnation = u.incarnation
              AND s.sequence = u.sequence;

DROP TABLE undone;
DROP TABLE admissions;
DROP TABLE scans;
ALTER TABLE scans_kept RENAME TO scans;
ALTER TABLE admissions_kept RENAME TO admissions;
ALTER TABLE undone_kept RENAME TO undone;
CREATE INDEX scans_passages ON scans (ticket, clock_ms, clock_counter, device)
  WHERE verdict <> 'refused';

-- Numbered edits of the roster, as the home signed them; the newest of them are kept.
CREATE TABLE roster_deltas (
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  revokes BLOB,
  body BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (epoch, number)
) STRICT, WITHOUT ROWID;

-- Rights that were taken back, as the home signed it; for ever.
CREATE TABLE revocations (
  device BLOB PRIMARY KEY NOT NULL,
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A whole roster, as the home signed it.
CREATE TABLE roster_snapshot (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  signature BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- What people decided on doubles, as their devices signed it; only ever added.
CREATE TABLE double_notes (
  note BLOB PRIMARY KEY NOT NULL,
  signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;
