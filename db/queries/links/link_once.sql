-- Rule R6 acts only on an account that once led to a person: said once, never taken back.
update account a set once_linked = true
from stage_link s
where a.portal_id = $1::bigint and a.account_no = s.account_no
  and s.kind = 'one' and not a.once_linked
