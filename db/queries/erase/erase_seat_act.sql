-- So does whom a freed seat belonged to.
update seat_act a set person_key = p.new_key
from erasing_person p
where a.portal_id = $1::bigint and a.person_key = p.person_key
