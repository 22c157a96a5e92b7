-- Dates of Bynder's export on their way to the accounts.
create temporary table stage_dates (
    account_id text not null, created timestamptz, deactivated timestamptz
) on commit drop
