-- A roster again, from the versions that held in it.
select employee_number, email, username, name, department, country, word, hire_date::text as hire_date,
       last_day::text as last_day, rejected, key_unreadable
from person_version
where portal_id = $1::bigint
  and valid_from <= $2::bigint and (valid_to is null or valid_to > $2::bigint)
order by person_key collate "C", ordinal
