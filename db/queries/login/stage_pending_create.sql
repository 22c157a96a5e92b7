-- Last logins on their way to login_pending, each account once.
create temporary table stage_pending (
    account_id text not null, source login_source not null, kind login_kind,
    at timestamptz, raw text, seen_at timestamptz not null, department text
) on commit drop
