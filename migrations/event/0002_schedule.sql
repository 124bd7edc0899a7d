-- Days, series, tiers with a life of their own, places, agendas, pictures and news.
ALTER TABLE event ADD COLUMN tagline TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN category TEXT NOT NULL DEFAULT '';
-- Words, as a JSON array.
ALTER TABLE event ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE event ADD COLUMN capacity INTEGER CHECK (capacity >= 0);
ALTER TABLE event ADD COLUMN visibility TEXT NOT NULL DEFAULT 'private';
ALTER TABLE event ADD COLUMN access TEXT NOT NULL DEFAULT 'open';
ALTER TABLE event ADD COLUMN link_token BLOB CHECK (length(link_token) = 16);
ALTER TABLE event ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- A place is JSON from here on; what was one line is a venue's name.
UPDATE event SET place = json_object('mode', 'in_person', 'venue', json_object('name', place));

ALTER TABLE sessions ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN capacity INTEGER CHECK (capacity >= 0);
ALTER TABLE sessions ADD COLUMN online_capacity INTEGER CHECK (online_capacity >= 0);
-- Local start by the series' rule, yyyy-mm-ddThh:mm:ss.
ALTER TABLE sessions ADD COLUMN original TEXT;
ALTER TABLE sessions ADD COLUMN customized INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET place = json_object('mode', 'in_person', 'venue', json_object('name', place))
  WHERE place IS NOT NULL;
CREATE INDEX sessions_by_start ON sessions (starts_at, id);
CREATE UNIQUE INDEX sessions_by_original ON sessions (original) WHERE original IS NOT NULL;

-- The rule of a recurring event: one row, with the event's own id.
CREATE TABLE series (
  event BLOB PRIMARY KEY NOT NULL REFERENCES event (id),
  rule TEXT NOT NULL,
  starts TEXT NOT NULL,
  duration_minutes INTEGER NOT NULL CHECK (duration_minutes > 0),
  doors_minutes INTEGER NOT NULL CHECK (doors_minutes >= 0),
  exdates TEXT NOT NULL,
  rdates TEXT NOT NULL,
  capacity INTEGER CHECK (capacity >= 0)
) STRICT, WITHOUT ROWID;

ALTER TABLE zones ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- Names are unique among the types of the event, and among those of each session.
CREATE TABLE new_ticket_types (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  scope TEXT NOT NULL,
  session BLOB REFERENCES sessions (id),
  template BLOB REFERENCES ticket_types (id),
  description TEXT NOT NULL DEFAULT '',
  benefits TEXT NOT NULL DEFAULT '[]',
  price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
  capacity INTEGER CHECK (capacity >= 0),
  min_per_person INTEGER NOT NULL DEFAULT 1 CHECK (min_per_person >= 1),
  max_per_person INTEGER CHECK (max_per_person >= min_per_person),
  sales_from INTEGER,
  sales_until INTEGER CHECK (sales_until > sales_from),
  hidden INTEGER NOT NULL DEFAULT 0,
  needs_verification INTEGER NOT NULL DEFAULT 0,
  colour INTEGER NOT NULL CHECK (colour BETWEEN 0 AND 7),
  attendance TEXT NOT NULL,
  CHECK ((scope = 'session') = (session IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_ticket_types (id, position, name, name_key, scope, price_minor, capacity, colour,
                              attendance)
  SELECT id, position, name, name_key, 'event', price_minor, capacity, colour, attendance
  FROM ticket_types;
DROP TABLE ticket_types;
ALTER TABLE new_ticket_types RENAME TO ticket_types;
CREATE UNIQUE INDEX ticket_types_by_name ON ticket_types (ifnull(session, x''), name_key);

-- The session that a ticket is bound to, so that a member of a series holds one for each.
ALTER TABLE tickets ADD COLUMN session BLOB REFERENCES sessions (id);
DROP INDEX tickets_one_per_member;
CREATE UNIQUE INDEX tickets_one_per_member ON tickets (member, ifnull(session, x''))
  WHERE status NOT IN ('voided', 'transferred');
-- What capacity is counted from.
CREATE INDEX tickets_by_type ON tickets (ticket_type)
  WHERE status NOT IN ('voided', 'transferred');

CREATE TABLE agenda_items (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  session BLOB NOT NULL REFERENCES sessions (id),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
  speakers TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_items_by_session ON agenda_items (session, starts_at);

CREATE TABLE photos (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  position INTEGER NOT NULL,
  caption TEXT NOT NULL,
  media_type TEXT NOT NULL,
  picture BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- News that guests are to be told, until the delivery has taken them.
CREATE TABLE notices (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  session BLOB REFERENCES sessions (id),
  tickets INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only: every look at a meeting link, whether it showed or not.
CREATE TABLE link_looks (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  ticket BLOB NOT NULL REFERENCES tickets (id),
  session BLOB NOT NULL REFERENCES sessions (id),
  shown INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a gate stands.
ALTER TABLE devices ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN zone BLOB REFERENCES zones (id);
ALTER TABLE devices ADD COLUMN session BLOB REFERENCES sessions (id);
ALTER TABLE devices ADD COLUMN direction TEXT NOT NULL DEFAULT 'entry';
