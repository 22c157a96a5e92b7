-- Opens a version for every profile that has none open.
insert into profile_version (portal_id, profile_id, valid_from, name, roles, digest)
select $1::bigint, s.profile_id, $2::bigint, s.name, s.roles, s.digest
from stage_profile s
left join (select profile_id from profile_version
           where portal_id = $1::bigint and valid_to is null) v on v.profile_id = s.profile_id
where v.profile_id is null
