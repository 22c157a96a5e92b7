-- Whom the snapshot has of the accounts that the history knows, and what it says of each in one digest.
create temporary table stage_listed (account_no integer not null, digest bytea not null) on commit drop
