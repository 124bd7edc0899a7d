-- The zone in which each event's days are meant.
ALTER TABLE events ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
-- Each event's file is looked at once more.
UPDATE events SET as_of = NULL;
