-- Since when history $2 knows accounts to have been used, $1 knows as well. Which years it has read
-- stays its own: of logins it has what it was told itself.
insert into first_event as e (portal_id, account_id, at, seen_at)
select $1::bigint, account_id, at, seen_at
from first_event
where portal_id = $2::bigint
on conflict (portal_id, account_id) do update
set (at, seen_at) = (excluded.at, excluded.seen_at)
where excluded.at < e.at
