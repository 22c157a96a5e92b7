-- Of every account of which this snapshot knows another last login than before: what was known till now.
insert into login_past (portal_id, account_no, valid_from, kind, at, raw, source, seen_at)
select l.portal_id, l.account_no, l.valid_from, l.kind, l.at, l.raw, l.source, l.seen_at
from stage_login s
join login_known l on l.portal_id = $1::bigint and l.account_no = s.account_no
where s.kind is not null and (l.kind, l.at, l.raw) is distinct from (s.kind, s.at, s.raw)
