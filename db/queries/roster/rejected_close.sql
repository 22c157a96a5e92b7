-- Closes the rejected rows that are no longer so.
update roster_rejected v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and not exists (
      select from stage_rejected s
      where s.row_number = v.row_number
        and (s.reason, s.employee_number, s.email, s.username)
            is not distinct from (v.reason, v.employee_number, v.email, v.username))
