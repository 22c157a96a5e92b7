-- Without figures the planner takes the stage for small and joins it row by row.
analyze stage_login
