-- A new number fences every older run: its next write finds that it is not the last one.
with numbered as (
    update portal set last_run_id = last_run_id + 1 where portal_id = $1::bigint
    returning portal_id, last_run_id)
insert into run (portal_id, run_id, verb, today, started_at, host, pid)
select portal_id, last_run_id, $2, $3::date, $4::timestamptz, $5, $6::bigint from numbered
returning run_id
