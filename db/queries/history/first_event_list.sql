-- Since when accounts are known to have been used: those named, or all.
select account_id, at
from first_event
where portal_id = $1::bigint and ($2::text[] is null or account_id = any ($2::text[]))
