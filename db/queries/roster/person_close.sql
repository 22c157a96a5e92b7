-- Closes the versions that this roster contradicts or leaves out: a roster is all or nothing.
update person_version v set valid_to = $2::bigint
from stage_person_difference d
where v.portal_id = $1::bigint and v.person_key = d.person_key and v.ordinal = d.ordinal
  and v.valid_to is null
