-- Closes what the snapshot has otherwise: profiles of another class or of none, and those of a class that
-- there is no more; those that are missing only when the snapshot is complete.
update profile_class_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and v.profile_id in (
      select o.profile_id
      from (select profile_id, class from profile_class_version
            where portal_id = $1::bigint and valid_to is null) o
      left join stage_profile_class s on s.profile_id = o.profile_id
      left join stage_seat_class c on c.class = o.class
      where c.class is null or case when s.profile_id is null then $3::boolean
                                    else s.class is distinct from o.class end)
