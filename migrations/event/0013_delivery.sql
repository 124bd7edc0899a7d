-- Messages to guests: what they are about, when they leave, and what became of each.
ALTER TABLE notices ADD COLUMN told_at INTEGER;

-- One message to many, now or at a set time.
CREATE TABLE mailings (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  audience TEXT NOT NULL,
  message TEXT NOT NULL,
  notice BLOB REFERENCES notices (id),
  batch BLOB REFERENCES batches (id),
  due_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mailings_open ON mailings (due_at) WHERE status NOT IN ('completed', 'cancelled');

ALTER TABLE deliveries ADD COLUMN mailing BLOB REFERENCES mailings (id);
ALTER TABLE deliveries ADD COLUMN kind TEXT NOT NULL DEFAULT 'ticket';
ALTER TABLE deliveries ADD COLUMN session BLOB REFERENCES sessions (id);
ALTER TABLE deliveries ADD COLUMN step TEXT;
ALTER TABLE deliveries ADD COLUMN notice BLOB REFERENCES notices (id);
-- Where it went; blank before, and again once the person was erased.
ALTER TABLE deliveries ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
-- When the try that is under way began: written before anything is handed over, so that a try
-- that was cut off is known.
ALTER TABLE deliveries ADD COLUMN handed_at INTEGER;
ALTER TABLE deliveries ADD COLUMN settled_at INTEGER;
ALTER TABLE deliveries ADD COLUMN code TEXT NOT NULL DEFAULT '';

DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE status IN ('pending', 'pending_retry');
CREATE INDEX deliveries_handed ON deliveries (handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX deliveries_by_mailing ON deliveries (mailing) WHERE mailing IS NOT NULL;
CREATE INDEX deliveries_by_time ON deliveries (queued_at, id);
CREATE INDEX deliveries_by_sending ON deliveries (sent_at) WHERE sent_at IS NOT NULL;
-- No reminder is put into the outbox twice, whoever wakes.
CREATE UNIQUE INDEX deliveries_one_reminder ON deliveries (invitation, session, step)
  WHERE step IS NOT NULL;

-- The organizer's own wording, in place of the usual one.
CREATE TABLE message_templates (
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  mjml TEXT NOT NULL,
  text TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (kind, language)
) STRICT, WITHOUT ROWID;

-- Whether messages of this event leave: one row.
CREATE TABLE outbox (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  paused INTEGER NOT NULL
) STRICT;
