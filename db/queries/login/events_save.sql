-- How far the events of a kind were read, in the transaction that stores what they told. Days that
-- another host told do not count. What was told before is asked for in a row of its own: where a history
-- is spread over servers, nothing can be asked within the update of a row.
insert into events_read (portal_id, kind, complete_to, newest_at, window_from, window_to,
                         covered_from, cursor, pages, torn, version, host,
                         whole_version, told)
select p.portal_id, $2::event_kind, $3::timestamptz, $4::timestamptz, $5::timestamptz,
       $6::timestamptz, $7::timestamptz, $8::text, $9::bigint, $10::boolean, $11::smallint,
       $12::text, $13::smallint,
       case when e.portal_id is null then $14::date[] else m.told end
from portal p
left join events_read e on e.portal_id = $1::bigint and e.kind = $2::event_kind
cross join lateral (
    select array_agg(d.day order by d.day) as told
    from (select t.day, max(t.day) over () as newest
          from unnest($14::date[] || case when e.host = $12::text then e.told end) as t(day)
          group by t.day) d
    where d.day > d.newest - 400) m
where p.portal_id = $1::bigint
on conflict (portal_id, kind) do update
set (complete_to, newest_at, window_from, window_to, covered_from, cursor, pages, torn, version,
     host, whole_version, told) =
    (excluded.complete_to, excluded.newest_at, excluded.window_from, excluded.window_to,
     excluded.covered_from, excluded.cursor, excluded.pages, excluded.torn, excluded.version,
     excluded.host, excluded.whole_version, excluded.told)
