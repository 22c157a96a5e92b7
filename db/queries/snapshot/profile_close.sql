-- Closes the profiles that changed; those that are missing only when the snapshot is complete.
update profile_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and v.profile_id in (
      select o.profile_id
      from (select profile_id, digest from profile_version
            where portal_id = $1::bigint and valid_to is null) o
      left join stage_profile s on s.profile_id = o.profile_id
      where s.digest is distinct from o.digest and ($3::boolean or s.profile_id is not null))
