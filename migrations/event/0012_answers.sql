-- What a party member answered besides yes or no.
CREATE TABLE member_answers (
  member BLOB PRIMARY KEY NOT NULL REFERENCES party_members (id),
  dietary TEXT NOT NULL,
  -- JSON: pairs of a question's id and the answer.
  answers TEXT NOT NULL,
  answered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a party answered as a whole, and its word to the host.
CREATE TABLE party_answers (
  invitation BLOB PRIMARY KEY NOT NULL REFERENCES invitations (id),
  answers TEXT NOT NULL,
  message TEXT NOT NULL,
  answered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The version of an invitation's links, from 1; a link of an older one opens nothing.
CREATE TABLE invitation_links (
  invitation BLOB PRIMARY KEY NOT NULL REFERENCES invitations (id),
  version INTEGER NOT NULL CHECK (version >= 1),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files that guests fetched: all tickets of an invitation, or one.
CREATE TABLE downloads (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  invitation BLOB NOT NULL REFERENCES invitations (id),
  ticket BLOB REFERENCES tickets (id),
  address TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX downloads_by_invitation ON downloads (invitation, at);

-- How often and when an invitation was looked at, in each way.
CREATE TABLE page_looks (
  invitation BLOB NOT NULL REFERENCES invitations (id),
  kind TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL CHECK (times >= 1),
  PRIMARY KEY (invitation, kind)
) STRICT, WITHOUT ROWID;
