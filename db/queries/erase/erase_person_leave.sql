-- Who was on leave stays, as somebody without a name.
update person_leave v
set person_key = p.new_key
from erasing_person p
where v.portal_id = $1::bigint and v.person_key = p.person_key
