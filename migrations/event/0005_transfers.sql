-- The ticket in whose place this one was issued, when its holder gave it away.
ALTER TABLE tickets ADD COLUMN replaces BLOB REFERENCES tickets (id);
CREATE UNIQUE INDEX tickets_by_replaced ON tickets (replaces) WHERE replaces IS NOT NULL;
