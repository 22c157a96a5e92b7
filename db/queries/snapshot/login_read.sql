-- When a single read last answered, whatever it said: how old the evidence is decides when an
-- account is read anew.
update account a set login_read_at = s.read_at
from stage_login s
where a.portal_id = $1::bigint and a.account_no = s.account_no and s.read_at is not null
  and a.login_kind is not null and a.login_read_at is distinct from s.read_at
