-- Holds the portal's row until the end of the transaction, and only for the newest run.
select last_run_id from portal where portal_id = $1::bigint and last_run_id = $2::bigint for update
