-- What people decided.
copy ruling (portal_id, ruling_id, kind, account_id, who, at, plan_id, position, subject, about, action,
             rule, rule_text, address, asks_login, asks_activity, snapshot_at, not_before, until, reason,
             person_departed, also_departed, spread, nightly, expected_on, at_once, overrides,
             handed_in_id)
from stdin
