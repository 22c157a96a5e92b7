-- A row for every account of which this snapshot knows another last login than before.
insert into login (portal_id, account_no, valid_from, kind, at, raw, source, seen_at)
select $1::bigint, s.account_no, $2::integer, s.kind, s.at, s.raw, s.source, s.seen_at
from stage_login s
left join login_known l on l.portal_id = $1::bigint and l.account_no = s.account_no
where s.kind is not null
  and (l.account_no is null or (l.kind, l.at, l.raw) is distinct from (s.kind, s.at, s.raw))
