-- The rows of a plan in their order.
select action, finding, new_announcement, account_id, username, email, name, rule, reason,
       decision_row, not_before::text as not_before, account, person, employee_number, matched_by,
       us(last_login) as last_login, last_login_source, idle_days, profile, roles, department,
       held_by, uses_person, uses_login
from plan_row
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
