-- Values of accounts, people and rows of plans.
insert into erasing_value (value, is_folded)
select distinct btrim(v.value), false
from (
    select unnest(array[h.username, h.email, h.email2, h.name, h.employee_number]) as value
    from account_version h join erasing_account a on a.account_no = h.account_no
    where h.portal_id = $1::bigint
    union all
    select unnest(array[h.username, h.email, h.name, h.employee_number])
    from person_version h join erasing_person p on p.person_key = h.person_key
    where h.portal_id = $1::bigint
    union all
    select unnest(array[r.username, r.email, r.name, r.employee_number])
    from plan_row r join erasing_account a on a.account_id = r.account_id
    where r.portal_id = $1::bigint) v
where btrim(v.value) <> ''
on conflict (value) do nothing
