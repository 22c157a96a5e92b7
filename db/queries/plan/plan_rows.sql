-- The rows of a plan in their order.
select position, action, finding, new_announcement, telling, account_id, username, email, name, rule, reason,
       decision_row, not_before::text as not_before, account, person, employee_number, matched_by,
       checked_us(last_login) as last_login, last_login_source, idle_days,
       checked_us(last_activity) as last_activity, last_activity_kind, profile, roles, department,
       held_by, uses_person, uses_login, used_after_departure, encode(subject, 'hex') as subject, about,
       encode(rule_text, 'hex') as rule_text, asks_login, asks_activity, of_login,
       coalesce(approvals, case action when 'keep' then 0 else 1 end) as approvals, matched_number,
       matched_name, matched_email, matched_row, from_profile, from_profile_id, to_profile,
       to_profile_id, gained_roles, class
from plan_row
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
