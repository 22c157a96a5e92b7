-- The last logins that this run was told, while they are merged. Without a kind: a single read
-- answered, and what it said was nothing newer.
create temporary table stage_login (
    account_no integer not null, kind login_kind, at timestamptz, raw text, source login_source,
    seen_at timestamptz, read_at timestamptz
) on commit drop
