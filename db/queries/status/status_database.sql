-- Name of the portal and bytes of the whole database on disk.
select name, pg_database_size(current_database())
from portal
where portal_id = $1::bigint
