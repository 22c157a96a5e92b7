-- Rule R3 asks whether we ever saw the account active: said once, never taken back. Only an account
-- that changed can have become active.
update account a set ever_active = true
from stage_account s
where a.portal_id = $1::bigint and a.account_no = s.account_no
  and s.status = 'active' and not a.ever_active
