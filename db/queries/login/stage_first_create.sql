-- First events on their way to first_event, each account once.
create temporary table stage_first (
    account_id text not null, at timestamptz not null, seen_at timestamptz not null
) on commit drop
