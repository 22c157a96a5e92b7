-- The links that are open.
select account_no, kind, matched_by, person_key
from link_version
where portal_id = $1::bigint and valid_to is null
