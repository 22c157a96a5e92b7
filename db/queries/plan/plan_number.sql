-- The next plan's number, only for the newest run: an older one that wakes up gets no row.
update portal set last_plan_id = last_plan_id + 1
where portal_id = $1::bigint and last_run_id = $2::bigint
returning last_plan_id
