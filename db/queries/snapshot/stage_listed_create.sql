-- Of accounts that the history knows and that may have changed, what the snapshot says in one digest.
create temporary table stage_listed (account_no integer not null, digest bytea not null) on commit drop
