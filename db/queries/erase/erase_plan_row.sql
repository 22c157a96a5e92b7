-- Rows keep what was proposed and by which rule. Of other rows a sentence that names them loses that, and
-- a matched person who is them: by number or address, or by the name where there is neither (a namesake
-- with an address of their own is somebody else).
update plan_row r
set username = case when a.account_id is null then r.username end,
    email = case when a.account_id is null then r.email end,
    name = case when a.account_id is null then r.name end,
    employee_number = case when a.account_id is null then r.employee_number end,
    about = case when a.account_id is null and not o.is_matched then r.about end,
    matched_number = case when a.account_id is null and not o.is_matched then r.matched_number end,
    matched_name = case when a.account_id is null and not o.is_matched then r.matched_name end,
    matched_email = case when a.account_id is null and not o.is_matched then r.matched_email end,
    matched_row = case when a.account_id is null and not o.is_matched then r.matched_row end,
    reason = case when a.account_id is null then regexp_replace(r.reason, $2, '(erased)', 'gi')
                  else '(erased)' end
from (select w.portal_id, w.plan_id, w.position, w.account_id, w.reason,
             coalesce(w.matched_number in (select value from erasing_value), false)
             or coalesce(w.matched_email in (select value from erasing_value), false)
             or coalesce(w.matched_name in (select value from erasing_value), false)
                and w.matched_number is null and w.matched_email is null as is_matched
      from plan_row w where w.portal_id = $1::bigint) o
left join erasing_account a on a.account_id = o.account_id
where r.portal_id = $1::bigint and o.plan_id = r.plan_id and o.position = r.position
  and (a.account_id is not null or o.is_matched or o.reason ~* $2)
