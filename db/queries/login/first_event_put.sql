-- Of each account only the oldest counts.
insert into first_event as e (portal_id, account_id, at, seen_at)
select $1::bigint, account_id, at, seen_at
from stage_first
on conflict (portal_id, account_id) do update
set (at, seen_at) = (excluded.at, excluded.seen_at)
where excluded.at < e.at
