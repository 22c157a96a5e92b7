-- Whoever may read the tables finds account_at() there, anybody else among the views: a schema that
-- one may not use is passed over. A whole portal is sorted in memory.
select set_config('search_path', 'reconcile, audit, pg_catalog', true),
       set_config('work_mem', '64MB', true)
