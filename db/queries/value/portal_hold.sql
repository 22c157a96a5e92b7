-- Holds the portal's row until the end of the transaction: whoever decides on its plans and steps
-- waits here, so what the statements after it read stays true until the commit.
select last_run_id, last_plan_id from portal where portal_id = $1::bigint for update
