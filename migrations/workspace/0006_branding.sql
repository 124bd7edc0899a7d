-- How the workspace presents itself on tickets, messages and guests' pages: one row.
CREATE TABLE branding (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  settings TEXT NOT NULL,
  logo BLOB,
  logo_type TEXT,
  own_font BLOB,
  own_font_name TEXT
) STRICT;

-- When the event was handed over to another machine, which is its home since.
ALTER TABLE events ADD COLUMN handed_over_at INTEGER;
