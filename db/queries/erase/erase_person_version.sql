-- The person stays as somebody without a name.
update person_version v
set person_key = p.new_key, employee_number = null, email = null, username = null, name = null,
    rejected = case when rejected is not null then '(erased)' end,
    digest = sha256(p.chance || int8send(v.valid_from) || int4send(v.ordinal))
from erasing_person p
where v.portal_id = $1::bigint and v.person_key = p.person_key
