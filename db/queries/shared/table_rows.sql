-- How many rows the planner takes a table for; -1: nobody has counted. Where a history is spread the server
-- that coordinates holds none, and takes it for empty.
select reltuples::bigint from pg_class where oid = ('reconcile.' || $1)::regclass
