-- The rows of a plan, in one stream.
copy plan_row (portal_id, plan_id, position, action, finding, new_announcement, telling, account_id,
               username, email, name, rule, reason, decision_row, not_before, account, person,
               employee_number, matched_by, last_login, last_login_source, idle_days, last_activity,
               last_activity_kind, profile,
               roles, department, held_by, uses_person, uses_login, used_after_departure, subject,
               about, rule_text, asks_login, asks_activity, of_login, approvals, matched_number, matched_name,
               matched_email, matched_row, from_profile, from_profile_id, to_profile,
               to_profile_id, gained_roles, class)
from stdin (format binary)
