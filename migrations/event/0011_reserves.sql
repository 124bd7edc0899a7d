-- What gates are given ahead, for when the home is away: places for spare gates, and tickets for
-- people who come without one.
CREATE TABLE spare_gates (
  device BLOB PRIMARY KEY NOT NULL REFERENCES devices (id),
  enrolled_by BLOB NOT NULL REFERENCES devices (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE walk_in_parties (
  invitation BLOB PRIMARY KEY NOT NULL REFERENCES invitations (id),
  device BLOB NOT NULL REFERENCES devices (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX walk_in_parties_by_device ON walk_in_parties (device);
