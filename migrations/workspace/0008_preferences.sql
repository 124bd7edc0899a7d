-- What people want to hear of, by the e-mail address that they are reached at.
CREATE TABLE preferences (
  email_key TEXT PRIMARY KEY NOT NULL,
  reminders TEXT NOT NULL,
  reviews INTEGER NOT NULL CHECK (reviews IN (0, 1)),
  marketing INTEGER NOT NULL CHECK (marketing IN (0, 1)),
  -- When everything but what a ticket needs was unsubscribed from, UTC ms.
  unsubscribed_at INTEGER,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
