-- Closes the versions that this roster contradicts or leaves out: a roster is all or nothing.
with same as (
    select v.person_key, v.ordinal
    from person_version v
    join stage_person s on s.person_key = v.person_key and s.ordinal = v.ordinal
        and s.digest = v.digest
    where v.portal_id = $1::bigint and v.valid_to is null)
update person_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and not exists (select from same
                  where same.person_key = v.person_key and same.ordinal = v.ordinal)
