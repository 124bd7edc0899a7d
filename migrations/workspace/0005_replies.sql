-- First answers to requests that name themselves, given again when the request comes again.
CREATE TABLE replies (
  -- SHA-256 of the account and the request's own key.
  key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_by_age ON replies (at);
