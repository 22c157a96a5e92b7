-- Everybody who was there until now: whoever a complete snapshot does not have of these is gone.
select account_id
from account_version
where portal_id = $1::bigint and valid_to is null and status <> 'gone'
