-- The notes of a plan.
copy plan_note (portal_id, plan_id, position, sentence) from stdin
