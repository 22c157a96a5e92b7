-- What the files of earlier years told history $2, $1 knows as well. They need not be read again.
with years as (
    insert into historical_year (portal_id, year, asked_at, outcome, rows, unreadable, why)
    select $1::bigint, year, asked_at, outcome, rows, unreadable, why
    from historical_year
    where portal_id = $2::bigint and outcome = 'read'
    on conflict (portal_id, year) do update
    set (asked_at, outcome, rows, unreadable, why) =
        (excluded.asked_at, excluded.outcome, excluded.rows, excluded.unreadable, excluded.why)
    where historical_year.outcome <> 'read')
insert into first_event as e (portal_id, account_id, at, seen_at)
select $1::bigint, account_id, at, seen_at
from first_event
where portal_id = $2::bigint
on conflict (portal_id, account_id) do update
set (at, seen_at) = (excluded.at, excluded.seen_at)
where excluded.at < e.at
