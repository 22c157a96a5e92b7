-- Closes the last logins that this snapshot knows better.
update login l set valid_to = $2::bigint
from stage_account s
where l.portal_id = $1::bigint and l.account_id = s.account_id and l.valid_to is null
  and s.login_kind is not null
  and (l.kind, l.at, l.raw) is distinct from (s.login_kind, s.login_at, s.login_raw)
