-- Rule R3 asks whether we ever saw the account active: said once, never taken back.
update account a set ever_active = true
from stage_account s
where a.portal_id = $1::bigint and a.account_id = s.account_id
  and s.status = 'active' and not a.ever_active
