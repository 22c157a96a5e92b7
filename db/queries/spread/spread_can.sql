-- Whether the server knows of others that tables can be spread over (db/distribute.sql).
select to_regclass('pg_catalog.pg_dist_partition') is not null
