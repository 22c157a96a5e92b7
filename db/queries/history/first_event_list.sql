-- Since when accounts are known to have been used.
select account_id, at
from first_event
where portal_id = $1::bigint
