-- Of every account of which this snapshot knows another last login than before: what was known till now.
insert into login_past (portal_id, account_no, valid_from, kind, at, raw, source, seen_at)
select a.portal_id, a.account_no, a.login_from, a.login_kind, a.login_at, a.login_raw, a.login_source,
       a.login_seen_at
from stage_login s
join account a on a.portal_id = $1::bigint and a.account_no = s.account_no
where s.kind is not null and a.login_kind is not null
  and (a.login_kind, a.login_at, a.login_raw) is distinct from (s.kind, s.at, s.raw)
