-- Of each account only the newest counts.
insert into activity_pending as p (portal_id, account_id, kind, at, seen_at)
select $1::bigint, account_id, kind, at, seen_at
from stage_did
on conflict (portal_id, account_id) do update
set (kind, at, seen_at) = (excluded.kind, excluded.at, excluded.seen_at)
where excluded.at > p.at
