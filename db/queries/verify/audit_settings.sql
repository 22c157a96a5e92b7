-- Comparing whole tables: nothing is known of how many rows a part of the question has, and a loop in
-- a loop, which is chosen for few, takes hours for many.
select set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true),
       set_config('jit', 'off', true)
