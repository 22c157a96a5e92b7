-- Opens a version for every row that is new or changed.
insert into person_version (portal_id, person_key, ordinal, valid_from, employee_number, email,
                            username, name, department, country, word, hire_date, last_day,
                            rejected, key_unreadable, digest)
select $1::bigint, s.person_key, s.ordinal, $2::bigint, s.employee_number, s.email, s.username,
       s.name, s.department, s.country, s.word, s.hire_date, s.last_day, s.rejected,
       s.key_unreadable, s.digest
from stage_person_difference d
join stage_person s on s.person_key = d.person_key and s.ordinal = d.ordinal
order by s.person_key, s.ordinal
