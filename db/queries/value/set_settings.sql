-- Statements over whole sets. The planner takes a table that was just filled for small and would
-- walk it once per row of another: a first load would take hours.
set local enable_nestloop = off
