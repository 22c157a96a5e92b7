-- How far the events of a kind were read, in the transaction that stores what they told. Days that
-- another host told do not count.
insert into events_read as e (portal_id, kind, complete_to, newest_at, window_from, window_to,
                              covered_from, cursor, pages, torn, version, host,
                              whole_version, told)
values ($1::bigint, $2::event_kind, $3::timestamptz, $4::timestamptz, $5::timestamptz,
        $6::timestamptz, $7::timestamptz, $8, $9::bigint, $10::boolean, $11::smallint,
        $12, $13::smallint, $14::date[])
on conflict (portal_id, kind) do update
set (complete_to, newest_at, window_from, window_to, covered_from, cursor, pages, torn, version,
     host, whole_version, told) =
    (excluded.complete_to, excluded.newest_at, excluded.window_from, excluded.window_to,
     excluded.covered_from, excluded.cursor, excluded.pages, excluded.torn, excluded.version,
     excluded.host, excluded.whole_version,
     (select array_agg(d.day order by d.day)
      from (select t.day, max(t.day) over () as newest
            from unnest(excluded.told || case when e.host = excluded.host then e.told end)
                as t(day)
            group by t.day) d
      where d.day > d.newest - 400))
