-- Everybody who was there until now: whoever a complete snapshot does not have of these is gone.
select a.account_id
from account_version v
join account a on a.portal_id = v.portal_id and a.account_no = v.account_no
where v.portal_id = $1::bigint and v.valid_to is null and v.status <> 'gone'
