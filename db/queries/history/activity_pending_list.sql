-- Activity that was read and that no snapshot has taken yet.
select account_id, kind, at, seen_at
from activity_pending
where portal_id = $1::bigint
