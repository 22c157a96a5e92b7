-- Statements over whole sets. The planner takes a table that was just filled for small and would
-- walk it once per row of another: a first load would take hours. And of a table that much was added to
-- figures are gathered from 9,000 rows: what is asked of them is how many rows there are and how few are
-- alike.
select set_config('enable_nestloop', 'off', true), set_config('default_statistics_target', '30', true)
