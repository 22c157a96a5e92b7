-- The end of the chain, held until the transaction ends, and the time of the database.
select sequence, encode(hash, 'hex') as hash, now_us from audit_hold($1::bigint)
