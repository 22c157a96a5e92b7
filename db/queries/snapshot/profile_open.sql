-- Opens a version for every profile that has none open.
insert into profile_version (portal_id, profile_id, valid_from, name, roles, digest)
select $1::bigint, s.profile_id, $2::bigint, s.name, s.roles, s.digest
from stage_profile s
where not exists (select from profile_version v
                  where v.portal_id = $1::bigint and v.profile_id = s.profile_id
                    and v.valid_to is null)
