-- Sessions longer than a day, which are few: so that those that are on now are found without a look
-- at every session of the last month.
CREATE INDEX event_sessions_long ON event_sessions (starts_at, id, ends_at)
  WHERE status = 'scheduled' AND ends_at - starts_at > 86400000;
