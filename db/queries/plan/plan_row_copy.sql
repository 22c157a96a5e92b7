-- The rows of a plan, in one stream.
copy plan_row (portal_id, plan_id, position, action, finding, new_announcement, account_id,
               username, email, name, rule, reason, decision_row, not_before, account, person,
               employee_number, matched_by, last_login, last_login_source, idle_days, profile,
               roles, department, held_by, uses_person, uses_login)
from stdin
