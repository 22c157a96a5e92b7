-- What is announced.
copy announcement (portal_id, announcement_id, account_id, rule, plan_id, position, announced_on,
                   announced_at, not_before, login_at, mode, told, action, to_profile)
from stdin
