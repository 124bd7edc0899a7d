-- Gates of every kind: who registered them, what they are told, and what they report.
ALTER TABLE devices ADD COLUMN kind TEXT NOT NULL DEFAULT 'office';
-- What it said of itself, as JSON.
ALTER TABLE devices ADD COLUMN info TEXT NOT NULL DEFAULT '{}';
-- What it is told, as JSON.
ALTER TABLE devices ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- Which of its credentials is good: a later one replaces those before it.
ALTER TABLE devices ADD COLUMN credential INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN expires_at INTEGER;
ALTER TABLE devices ADD COLUMN revoked_at INTEGER;
ALTER TABLE devices ADD COLUMN last_seen_at INTEGER;
ALTER TABLE devices ADD COLUMN last_synced_at INTEGER;
-- Scans that it has and this home does not, as it said last.
ALTER TABLE devices ADD COLUMN pending INTEGER;

-- A token that makes a device. Only its hash is kept.
CREATE TABLE registration_tokens (
  hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  notes TEXT NOT NULL,
  kind TEXT NOT NULL,
  zone BLOB REFERENCES zones (id),
  session BLOB REFERENCES sessions (id),
  direction TEXT NOT NULL,
  used_at INTEGER,
  device BLOB REFERENCES devices (id)
) STRICT, WITHOUT ROWID;

-- How many people a zone takes.
ALTER TABLE zones ADD COLUMN capacity INTEGER CHECK (capacity >= 0);

-- Append-only: the passages that were taken back, by their nonce, and the scan that did it.
CREATE TABLE undone (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  device BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  FOREIGN KEY (device, incarnation, sequence) REFERENCES scans (device, incarnation, sequence)
) STRICT, WITHOUT ROWID;

-- Append-only: what a supervisor gave as the reason.
CREATE TABLE scan_reasons (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is inside, by the newest passage of each ticket in each place; the venue's own place is ''.
-- It follows from the scans and can be made anew from them.
CREATE TABLE presence (
  ticket BLOB NOT NULL,
  place BLOB NOT NULL,
  inside INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ticket, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_inside ON presence (place, at) WHERE inside = 1;
INSERT INTO presence (ticket, place, inside, at)
  SELECT ticket, ifnull(zone, x''), direction = 'entry', clock_ms FROM (
    SELECT ticket, zone, direction, clock_ms,
           row_number() OVER (PARTITION BY ticket, ifnull(zone, x'')
                              ORDER BY clock_ms DESC, clock_counter DESC, device DESC) AS newest
    FROM scans WHERE ticket IS NOT NULL AND verdict <> 'refused')
  WHERE newest = 1;

-- Admissions that an older scan, heard of later, took the slot from; the device is told once.
CREATE TABLE reversals (
  nonce BLOB PRIMARY KEY NOT NULL CHECK (length(nonce) = 16),
  device BLOB NOT NULL REFERENCES devices (id),
  ticket BLOB NOT NULL,
  original BLOB NOT NULL,
  told_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reversals_untold ON reversals (device) WHERE told_at IS NULL;

-- What somebody in the office should look at.
CREATE TABLE alerts (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  device BLOB REFERENCES devices (id),
  at INTEGER NOT NULL,
  ticket BLOB,
  detail TEXT NOT NULL,
  resolved_at INTEGER,
  resolved_by TEXT,
  note TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_open ON alerts (kind, device) WHERE resolved_at IS NULL;

-- What a door reads of a ticket. A gate's own file has a table of this shape.
CREATE VIEW door_tickets AS
  SELECT t.id AS id, t.number AS number, t.status AS status, t.version AS version,
         t.ticket_type AS ticket_type, coalesce(g.name, h.name, i.label) AS name,
         t.guest IS NULL AS unnamed, m.seat AS seat, i.number AS invitation, i.label AS party,
         g.company AS company, g.title AS title, g.group_name AS group_name,
         g.language AS language, g.custom AS custom, g.email AS email
  FROM tickets t
  JOIN party_members m ON m.id = t.member
  JOIN invitations i ON i.id = t.invitation
  LEFT JOIN guests g ON g.id = t.guest
  LEFT JOIN guests h ON h.id = m.host;
