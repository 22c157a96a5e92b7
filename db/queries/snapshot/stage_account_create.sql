-- What the snapshot says of accounts that differ, while they are merged.
create temporary table stage_account (
    account_no integer not null, status text not null, username text, email text, email2 text, name text,
    employee_number text, profile_id text, country text, department text, groups jsonb not null,
    groups_unreadable boolean not null, sso_only boolean not null, flaw text, digest bytea not null
) on commit drop
