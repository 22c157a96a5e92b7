-- Before the session ends: the server notices its end a moment later than whoever waits for the run.
select pg_advisory_unlock($1::bigint)
