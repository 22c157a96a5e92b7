-- How far the login events were read, in the transaction that stores what they told.
insert into login_events as e (portal_id, complete_to, newest_at, window_from, window_to, cursor,
                               pages)
values ($1::bigint, $2::timestamptz, $3::timestamptz, $4::timestamptz, $5::timestamptz, $6,
        $7::bigint)
on conflict (portal_id) do update
set (complete_to, newest_at, window_from, window_to, cursor, pages) =
    (excluded.complete_to, excluded.newest_at, excluded.window_from, excluded.window_to,
     excluded.cursor, excluded.pages)
