-- The idle buckets of a plan.
copy plan_idle (portal_id, plan_id, position, accounts) from stdin
