-- How often devices tried to send their scans, and how often that failed, as they said.
CREATE TABLE sync_reports (
  device BLOB NOT NULL REFERENCES devices (id),
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  failures INTEGER NOT NULL CHECK (failures BETWEEN 0 AND attempts),
  PRIMARY KEY (device, at)
) STRICT, WITHOUT ROWID;
