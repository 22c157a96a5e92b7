-- The class of each profile that had one in a snapshot.
select profile_id, class
from profile_class_version
where portal_id = $1::bigint
  and valid_from <= $2::bigint and (valid_to is null or valid_to > $2::bigint)
order by profile_id collate "C"
