-- The end of the chain as the database says it.
select sequence, encode(hash, 'hex') as hash, count from audit_head where portal_id = $1::bigint
