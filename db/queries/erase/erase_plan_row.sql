-- Rows keep what was proposed and by which rule. Of other rows a sentence that names them loses that.
update plan_row r
set username = case when a.account_id is null then r.username end,
    email = case when a.account_id is null then r.email end,
    name = case when a.account_id is null then r.name end,
    employee_number = case when a.account_id is null then r.employee_number end,
    reason = case when a.account_id is null then regexp_replace(r.reason, $2, '(erased)', 'gi')
                  else '(erased)' end
from plan_row o
left join erasing_account a on a.account_id = o.account_id
where r.portal_id = $1::bigint and o.portal_id = r.portal_id and o.plan_id = r.plan_id
  and o.position = r.position and (a.account_id is not null or o.reason ~* $2)
