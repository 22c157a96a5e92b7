-- Activity that was read and that no snapshot has taken yet.
select account_id, kind, us(at) as at, us(seen_at) as seen_at
from activity_pending
where portal_id = $1::bigint
