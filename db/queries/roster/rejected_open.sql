-- Opens the rejected rows that were not so before.
insert into roster_rejected (portal_id, row_number, valid_from, reason, employee_number, email,
                             username)
select distinct on (s.row_number)
       $1::bigint, s.row_number, $2::bigint, s.reason, s.employee_number, s.email, s.username
from stage_rejected s
where not exists (select from roster_rejected v
                  where v.portal_id = $1::bigint and v.row_number = s.row_number
                    and v.valid_to is null)
order by s.row_number
