-- Questions about one person touch a few rows by their indexes; the planner takes what it cannot
-- estimate for thousands, and would read whole tables, or begin processes for nobody.
select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true)
