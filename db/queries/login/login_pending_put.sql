-- What a single read says now replaces what one said before; of events and exports only the newest
-- counts.
insert into login_pending as p (portal_id, account_id, source, kind, at, raw, seen_at, department)
select $1::bigint, account_id, source, kind, at, raw, seen_at, department
from stage_pending
on conflict (portal_id, account_id, source) do update
set (kind, at, raw, seen_at, department) =
    (excluded.kind, excluded.at, excluded.raw, excluded.seen_at, excluded.department)
where excluded.source = 'read' or excluded.at > p.at
