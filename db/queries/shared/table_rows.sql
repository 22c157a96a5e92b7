-- How many rows the planner takes a table for; -1: nobody has counted.
select reltuples::bigint from pg_class where oid = ('reconcile.' || $1)::regclass
