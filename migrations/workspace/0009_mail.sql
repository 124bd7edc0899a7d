-- How the workspace sends: one row. The settings hold no secret; what is sealed is.
CREATE TABLE mail (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  settings TEXT NOT NULL,
  sealed BLOB NOT NULL,
  -- How far the mailbox of bounces was read: the server's own numbers (RFC 9051).
  inbox_validity INTEGER,
  inbox_read INTEGER
) STRICT;
