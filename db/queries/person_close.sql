-- Closes the versions that this roster contradicts or leaves out: a roster is all or nothing.
update person_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and not exists (select from stage_person s
                  where s.person_key = v.person_key and s.ordinal = v.ordinal
                    and s.digest = v.digest)
