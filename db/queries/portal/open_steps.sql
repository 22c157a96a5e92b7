-- Calls of which nobody can tell yet what became of them.
select count(*) from step where portal_id = $1::bigint and state in ('intent', 'unknown')
