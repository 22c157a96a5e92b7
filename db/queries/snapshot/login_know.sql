-- The newest last login of each account. One that says the same again changes nothing.
update account a
set login_from = $2::integer, login_kind = s.kind, login_at = s.at, login_raw = s.raw,
    login_source = s.source, login_seen_at = s.seen_at,
    login_read_at = coalesce(s.read_at, a.login_read_at)
from stage_login s
where a.portal_id = $1::bigint and a.account_no = s.account_no and s.kind is not null
  and (a.login_kind, a.login_at, a.login_raw) is distinct from (s.kind, s.at, s.raw)
