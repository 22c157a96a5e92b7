-- The newest last login of each account. One that says the same again changes nothing.
insert into login_known as l (portal_id, account_no, valid_from, kind, at, raw, source, seen_at,
                              read_at)
select $1::bigint, s.account_no, $2::integer, s.kind, s.at, s.raw, s.source, s.seen_at, s.read_at
from stage_login s
where s.kind is not null
on conflict (portal_id, account_no) do update
set (valid_from, kind, at, raw, source, seen_at, read_at) =
    (excluded.valid_from, excluded.kind, excluded.at, excluded.raw, excluded.source,
     excluded.seen_at, coalesce(excluded.read_at, l.read_at))
where (l.kind, l.at, l.raw) is distinct from (excluded.kind, excluded.at, excluded.raw)
