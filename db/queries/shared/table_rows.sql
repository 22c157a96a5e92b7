-- How many rows the planner takes a table for; -1: nobody has counted. Where a history is spread the server
-- that coordinates holds none of them, and nobody there knows: then it is more than any portal has.
select case when pg_relation_size(oid) = 0 then 9223372036854775807 else reltuples::bigint end
from pg_class where oid = ('reconcile.' || $1)::regclass
