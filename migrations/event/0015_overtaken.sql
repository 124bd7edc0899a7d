-- Which start of its session a reminder told of: one that was put off is told of again.
ALTER TABLE deliveries ADD COLUMN told_start INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries
  SET told_start = coalesce((SELECT s.starts_at FROM sessions s WHERE s.id = deliveries.session), 0)
  WHERE step IS NOT NULL;
DROP INDEX deliveries_one_reminder;
-- No reminder is put into the outbox twice, whoever wakes.
CREATE UNIQUE INDEX deliveries_one_reminder ON deliveries (invitation, session, step, told_start)
  WHERE step IS NOT NULL;

-- Messages whose try was under way when their mailing was called off, and that waited ever since.
UPDATE deliveries SET status = 'failed', code = 'withdrawn', detail = 'withdrawn'
  WHERE status IN ('pending', 'pending_retry') AND handed_at IS NULL
    AND mailing IN (SELECT id FROM mailings WHERE status = 'cancelled');

-- Invitations without a ticket that had heard of the event and that news concerns.
ALTER TABLE notices ADD COLUMN invited INTEGER NOT NULL DEFAULT 0;
