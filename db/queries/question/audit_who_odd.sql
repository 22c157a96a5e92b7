-- Names that are not plain ASCII: the program folds them itself. They are few.
select account_no, null::text as person_key, username, email, email2, employee_number
from audit.account_history
where portal_id = $1::bigint
  and (audit.is_odd(username) or audit.is_odd(email) or audit.is_odd(email2)
       or audit.is_odd(employee_number))
union all
select 0, person_key, username, email, null, employee_number
from audit.person_history
where portal_id = $1::bigint
  and (audit.is_odd(username) or audit.is_odd(email) or audit.is_odd(employee_number))
