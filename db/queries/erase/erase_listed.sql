-- Accounts that the portal still has: the next run would bring them back.
select a.account_id
from erasing_account a
join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
where v.valid_to is null and v.status <> 'gone'
order by a.account_id
