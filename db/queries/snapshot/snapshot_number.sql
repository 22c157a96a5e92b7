-- The next snapshot's number, only for the newest run: an older one that wakes up gets no row.
update portal set last_snapshot_id = last_snapshot_id + 1
where portal_id = $1::bigint and last_run_id = $2::bigint
returning last_snapshot_id
