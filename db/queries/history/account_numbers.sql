-- The numbers of all accounts ever seen, and whether each was there until now.
select a.account_id, a.account_no, coalesce(v.status <> 'gone', false) as was_there
from account a
left join account_version v
    on v.portal_id = $1::bigint and v.account_no = a.account_no and v.valid_to is null
where a.portal_id = $1::bigint
