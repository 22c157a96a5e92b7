-- Whether the views are there, and whether the tables behind them may be looked at.
select to_regclass('audit.event') is not null as has_views,
       coalesce(has_schema_privilege('reconcile', 'usage')
                and has_table_privilege('reconcile.migration', 'select'), false) as sees_tables
from (select to_regnamespace('reconcile') is not null as has_schema) s
where s.has_schema
