-- Many rows that were just added: a loop in a loop, which is chosen for few, takes seconds for them.
select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)
