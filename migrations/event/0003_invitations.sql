-- Where an invitation came from, what it says, and the messages that carry it.
ALTER TABLE invitations ADD COLUMN source TEXT NOT NULL DEFAULT 'invitation';
ALTER TABLE invitations ADD COLUMN message TEXT NOT NULL DEFAULT '';
-- Who made it: an account's id, or the machine's own person.
ALTER TABLE invitations ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE party_members ADD COLUMN responded_at INTEGER;
CREATE INDEX invitations_by_source ON invitations (source, created_at) WHERE source <> 'invitation';

-- Messages on their way: one for each invitation that is to be sent, until it left and after.
CREATE TABLE deliveries (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  invitation BLOB NOT NULL REFERENCES invitations (id),
  batch BLOB REFERENCES batches (id),
  channel TEXT NOT NULL,
  status TEXT NOT NULL,
  queued_at INTEGER NOT NULL,
  sent_at INTEGER,
  detail TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_invitation ON deliveries (invitation, queued_at);
CREATE INDEX deliveries_waiting ON deliveries (queued_at) WHERE status = 'pending';
CREATE INDEX invitations_by_batch ON invitations (batch) WHERE batch IS NOT NULL;
CREATE INDEX tickets_by_invitation ON tickets (invitation);
