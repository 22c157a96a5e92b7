-- Protected entries that once fitted an account (row P3), together by account.
select account_id, unnest(bound) as who
from account
where portal_id = $1::bigint and bound <> '{}'
order by account_id, who
