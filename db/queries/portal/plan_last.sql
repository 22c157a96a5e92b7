-- Numbers of plans that were given after the backup are not given again: their reports are still there.
update portal set last_plan_id = greatest(last_plan_id, $2::bigint)
where portal_id = $1::bigint
