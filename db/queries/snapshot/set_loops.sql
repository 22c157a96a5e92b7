-- Whether the statements that follow may go row by row ('on' or 'off'): for a stage of few, whose number the
-- planner knows, they look each up by its key, where they would walk over everybody's rows. Pages that the run
-- read before are in memory: one out of order costs hardly more than the next; NULL
-- is what the role or the server says.
select set_config('enable_nestloop', $1, true),
       set_config('random_page_cost', case $1 when 'on' then '1.1' end, true)
