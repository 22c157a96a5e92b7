-- The profiles that are open; a digest has the id in it.
select encode(digest, 'hex') as digest
from profile_version
where portal_id = $1::bigint and valid_to is null
order by profile_id collate "C"
