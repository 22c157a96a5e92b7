-- A single read that says the same again costs no row, but its time counts: how old the evidence is
-- decides when it is read anew.
update login l set confirmed_at = s.login_seen_at
from stage_account s
where l.portal_id = $1::bigint and l.account_id = s.account_id and l.valid_to is null
  and s.login_source = 'read' and l.valid_from < $2::bigint
  and l.confirmed_at is distinct from s.login_seen_at
