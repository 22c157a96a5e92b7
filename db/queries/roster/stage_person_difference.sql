-- Where the roster and the open versions differ, found in one pass over both. A row that only one
-- side has differs too; an unchanged one leaves nothing.
create temporary table stage_person_difference on commit drop as
select coalesce(s.person_key, v.person_key) as person_key, coalesce(s.ordinal, v.ordinal) as ordinal
from stage_person s
full join (select person_key, ordinal, digest from person_version
           where portal_id = $1::bigint and valid_to is null) v
    on v.person_key = s.person_key and v.ordinal = s.ordinal
where v.digest is distinct from s.digest
