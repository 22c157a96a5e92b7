-- One lock a portal, for the life of the session: two runs never work on the same portal.
select pg_try_advisory_lock($1::bigint)
