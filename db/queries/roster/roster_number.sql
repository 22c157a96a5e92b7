-- The next roster's number, only for the newest run: an older one that wakes up gets no row.
update portal set last_roster_id = last_roster_id + 1
where portal_id = $1::bigint and last_run_id = $2::bigint
returning last_roster_id
