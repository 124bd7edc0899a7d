-- Whether guests need what a mailing says to come: it is no marketing then.
ALTER TABLE mailings ADD COLUMN needed INTEGER NOT NULL DEFAULT 0;

-- What the host is told by mail of their own event; who is named in it is looked up when it leaves.
CREATE TABLE host_notices (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  -- The same news is told once.
  key TEXT NOT NULL UNIQUE,
  -- JSON.
  news TEXT NOT NULL,
  status TEXT NOT NULL,
  recipient TEXT NOT NULL DEFAULT '',
  queued_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  handed_at INTEGER,
  sent_at INTEGER,
  code TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX host_notices_due ON host_notices (due_at)
  WHERE status IN ('pending', 'pending_retry');
CREATE INDEX host_notices_by_time ON host_notices (queued_at);
