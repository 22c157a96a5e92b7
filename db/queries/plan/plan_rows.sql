-- The rows of a plan in their order.
select action, finding, new_announcement, account_id, username, email, name, rule, reason,
       decision_row, not_before::text, account, person, employee_number, matched_by,
       us(last_login), last_login_source, coalesce(idle_days, -1), profile, roles, department,
       held_by, uses_person, uses_login, used_after_departure, encode(subject, 'hex'), about,
       encode(rule_text, 'hex'), asks_login, of_login,
       coalesce(approvals, case action when 'keep' then 0 else 1 end), matched_number,
       matched_name, matched_email, coalesce(matched_row, 0)
from plan_row
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
