-- Name of the portal and bytes of the whole database on disk.
select name as portal, pg_database_size(current_database()) as database_bytes
from portal
where portal_id = $1::bigint
