-- A plan as its steps are opened, held until the end of the transaction.
select state, encode(digest, 'hex') as digest
from plan
where portal_id = $1::bigint and plan_id = $2::bigint
for update
