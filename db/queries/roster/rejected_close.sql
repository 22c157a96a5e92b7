-- Closes the rejected rows that are no longer so.
update roster_rejected v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and v.row_number in (
      select o.row_number
      from (select row_number, reason, employee_number, email, username from roster_rejected
            where portal_id = $1::bigint and valid_to is null) o
      left join stage_rejected s on s.row_number = o.row_number
          and (s.reason, s.employee_number, s.email, s.username)
              is not distinct from (o.reason, o.employee_number, o.email, o.username)
      where s.row_number is null)
