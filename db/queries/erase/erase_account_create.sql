-- Whose data goes.
create temporary table erasing_account (account_no integer not null, account_id text not null)
    on commit drop
