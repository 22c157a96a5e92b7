-- Activity on its way to activity_pending, each account once.
create temporary table stage_did (
    account_id text not null, kind event_kind not null, at timestamptz not null,
    seen_at timestamptz not null
) on commit drop
