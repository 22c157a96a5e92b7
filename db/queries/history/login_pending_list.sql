-- Last logins that were read and that no snapshot has taken yet: single reads before events.
select account_id, source, kind, at, raw, seen_at, department
from login_pending
where portal_id = $1::bigint
order by account_id, source
