-- The profiles that held in a snapshot.
select profile_id, name, roles
from profile_version
where portal_id = $1::bigint
  and valid_from <= $2::bigint and (valid_to is null or valid_to > $2::bigint)
order by profile_id collate "C"
