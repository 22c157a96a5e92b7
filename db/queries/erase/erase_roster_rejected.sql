-- Refused rows that may be them.
update roster_rejected r
set employee_number = null, email = null, username = null, reason = '(erased)'
where r.portal_id = $1::bigint
  and (btrim(r.employee_number) in (select value from erasing_value)
       or btrim(r.email) in (select value from erasing_value)
       or btrim(r.username) in (select value from erasing_value)
       or r.employee_number ~* $2 or r.email ~* $2 or r.username ~* $2 or r.reason ~* $2)
