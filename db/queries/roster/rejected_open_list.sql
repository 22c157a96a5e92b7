-- The rejected rows that are open.
select row_number, reason, employee_number, email, username
from roster_rejected
where portal_id = $1::bigint and valid_to is null
order by row_number
