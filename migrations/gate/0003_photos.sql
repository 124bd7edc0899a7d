-- Pictures of holders, as the home gave them; kept while the home shows them.
CREATE TABLE door_photos (
  ticket BLOB PRIMARY KEY NOT NULL CHECK (length(ticket) = 16),
  version INTEGER NOT NULL,
  picture BLOB NOT NULL
) STRICT;
