-- Opens the rejected rows that were not so before.
insert into roster_rejected (portal_id, row_number, valid_from, reason, employee_number, email,
                             username)
select distinct on (s.row_number)
       $1::bigint, s.row_number, $2::bigint, s.reason, s.employee_number, s.email, s.username
from stage_rejected s
left join (select row_number from roster_rejected
           where portal_id = $1::bigint and valid_to is null) v on v.row_number = s.row_number
where v.row_number is null
order by s.row_number
