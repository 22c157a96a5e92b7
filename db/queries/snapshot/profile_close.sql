-- Closes the profiles that changed; those that are missing only when the snapshot is complete.
update profile_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and (exists (select from stage_profile s
               where s.profile_id = v.profile_id and s.digest <> v.digest)
       or ($3::boolean
           and not exists (select from stage_profile s where s.profile_id = v.profile_id)))
