-- What became of a year. One that was read stays read.
insert into historical_year as y (portal_id, year, asked_at, outcome, rows, unreadable, why)
values ($1::bigint, $2::smallint, $3::timestamptz, $4::year_outcome, $5::bigint, $6::bigint, $7)
on conflict (portal_id, year) do update
set (asked_at, outcome, rows, unreadable, why) =
    (excluded.asked_at, excluded.outcome, excluded.rows, excluded.unreadable, excluded.why)
where y.outcome <> 'read'
