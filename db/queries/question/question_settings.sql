-- Whoever may read the tables finds account_at() there, anybody else among the views: a schema that
-- one may not use is passed over. Where the tables are on several servers that of the views is the one that
-- asks each where it is. A whole portal is sorted in memory.
select set_config('search_path', case when to_regclass('pg_catalog.pg_dist_partition') is null
                                      then 'reconcile, audit, pg_catalog'
                                      else 'audit, pg_catalog' end, true),
       set_config('work_mem', '64MB', true)
