-- The end of the chain as the database says it; what is never NULL and was made so is none.
select coalesce(sequence, -1) as sequence, encode(hash, 'hex') as hash, coalesce(count, -1) as count
from audit_head where portal_id = $1::bigint
