-- The sessions of all events, by time, and plans to begin new events from.
ALTER TABLE events ADD COLUMN kind TEXT NOT NULL DEFAULT 'one_time';
-- The event's newest edit that this row has seen; none asks for a fresh look at its file.
ALTER TABLE events ADD COLUMN as_of INTEGER;

CREATE TABLE event_sessions (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  event BLOB NOT NULL REFERENCES events (id),
  title TEXT,
  doors_at INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  place TEXT NOT NULL,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX event_sessions_by_event ON event_sessions (event);
CREATE INDEX event_sessions_by_start ON event_sessions (starts_at, id, ends_at)
  WHERE status = 'scheduled';

CREATE TABLE event_templates (
  name_key TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  draft TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
