-- The rows a person names. Only accounts on which the plan wants to act.
insert into approval_row (portal_id, plan_id, who, account_id)
select distinct r.portal_id, r.plan_id, $3, r.account_id
from plan_row r
where r.portal_id = $1::bigint and r.plan_id = $2::bigint and r.action <> 'keep'
  and r.account_id = any ($4::text[])
