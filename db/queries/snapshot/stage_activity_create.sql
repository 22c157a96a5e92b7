-- The newest activity that this run was told, while it is merged.
create temporary table stage_activity (
    account_no integer not null, kind event_kind not null, at timestamptz not null,
    seen_at timestamptz not null
) on commit drop
