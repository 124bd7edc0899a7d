-- Pictures of guests, small, for those who stand at the door. They go with their guest.
CREATE TABLE guest_photos (
  guest BLOB PRIMARY KEY NOT NULL REFERENCES guests (id) ON DELETE CASCADE,
  -- UTC ms at which it was given; tells one picture from the next.
  version INTEGER NOT NULL,
  picture BLOB NOT NULL
) STRICT;

-- What a door reads of them. A gate's own file has a table of this shape.
CREATE VIEW door_photos AS
  SELECT t.id AS ticket, p.version AS version, p.picture AS picture
  FROM guest_photos p JOIN tickets t ON t.guest = p.guest
  WHERE t.status NOT IN ('voided', 'transferred');
