-- Closes what the snapshot has otherwise: profiles of another class or of none, and those of a class that
-- there is no more; those that are missing only when the snapshot is complete.
update profile_class_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and (exists (select from stage_profile_class s
               where s.profile_id = v.profile_id and s.class is distinct from v.class)
       or not exists (select from stage_seat_class c where c.class = v.class)
       or ($3::boolean and not exists (select from stage_profile_class s
                                       where s.profile_id = v.profile_id)))
