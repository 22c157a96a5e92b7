-- Whose data goes, and what takes the place of a digest of their names.
create temporary table erasing_account (
    account_no integer not null, account_id text not null,
    chance bytea not null default sha256(convert_to(gen_random_uuid()::text, 'UTF8'))
) on commit drop
