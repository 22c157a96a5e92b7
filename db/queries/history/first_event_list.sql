-- Since when accounts are known to have been used.
select account_id, us(at) as at
from first_event
where portal_id = $1::bigint
