-- When a single read last answered, whatever it said: how old the evidence is decides when an
-- account is read anew.
update login_known l set read_at = s.read_at
from stage_login s
where l.portal_id = $1::bigint and l.account_no = s.account_no and s.read_at is not null
  and l.read_at is distinct from s.read_at
