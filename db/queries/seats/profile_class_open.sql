-- Opens a version for every profile with a class that has none open.
insert into profile_class_version (portal_id, profile_id, valid_from, class)
select $1::bigint, s.profile_id, $2::bigint, s.class
from stage_profile_class s
left join (select profile_id from profile_class_version
           where portal_id = $1::bigint and valid_to is null) v on v.profile_id = s.profile_id
where s.class is not null and v.profile_id is null
