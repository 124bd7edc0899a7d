-- The audit is listed without its changesets, which may be many megabytes each.
CREATE INDEX edits_listed ON edits (sequence, id, at, actor, machine, command, reason,
                                    changeset IS NOT NULL, undoes, undone_by);
