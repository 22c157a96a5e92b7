-- Every plan of a history: reports are called by their numbers.
select plan_id from plan where portal_id = $1::bigint
