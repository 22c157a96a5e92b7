-- What accounts that led to nobody were called before, for resemblance (row P6).
select distinct a.account_id, v.name, v.email, v.employee_number
from account_version v
join account_version c
    on c.portal_id = $1::bigint and c.account_no = v.account_no and c.valid_to is null
join account a on a.portal_id = $1::bigint and a.account_no = v.account_no
left join link_version k
    on k.portal_id = $1::bigint and k.account_no = v.account_no and k.valid_to is null
where v.portal_id = $1::bigint and v.valid_to is not null and k.kind is distinct from 'one'
  and coalesce(v.name, v.email, v.employee_number) is not null
  and (v.name, v.email, v.employee_number) is distinct from (c.name, c.email, c.employee_number)
order by a.account_id, v.name, v.email, v.employee_number
