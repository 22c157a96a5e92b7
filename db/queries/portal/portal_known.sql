-- Of the accounts that reading $2 had, how many the newest one has.
select count(*) as known,
       count(*) filter (where n.status <> 'gone') as of_those
from account_version v
left join account_version n
    on n.portal_id = $1::bigint and n.account_no = v.account_no and n.valid_to is null
where v.portal_id = $1::bigint and v.status <> 'gone' and v.valid_from <= $2::bigint
  and (v.valid_to is null or v.valid_to > $2::bigint)
