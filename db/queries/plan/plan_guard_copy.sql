-- The guard findings of a plan.
copy plan_guard (portal_id, plan_id, position, guard, hold, limit_text, actual, sentence, cause, measure, acknowledgement_id) from stdin
