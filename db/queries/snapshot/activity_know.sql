-- The newest activity of each account.
insert into activity_known as l (portal_id, account_no, valid_from, kind, at, seen_at)
select $1::bigint, s.account_no, $2::integer, s.kind, s.at, s.seen_at
from stage_activity s
order by s.account_no
on conflict (portal_id, account_no) do update
set (valid_from, kind, at, seen_at) =
    (excluded.valid_from, excluded.kind, excluded.at, excluded.seen_at)
where excluded.at > l.at
