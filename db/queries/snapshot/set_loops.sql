-- Whether the statements that follow may go row by row ('on' or 'off'): for a stage of few, whose number the
-- planner knows, they look each up by its key, where they would walk over everybody's rows.
select set_config('enable_nestloop', $1, true)
