-- One event at the end of the chain, and beside it what is personal about it.
with event as (
    insert into audit_event (portal_id, sequence, version, at, kind, run_id, plan_id, position,
                             account_id, word, fact, sealed, previous, hash)
    values ($1::bigint, $2::bigint, $3::bigint,
            $4::timestamptz, $5, $6::bigint,
            $7::bigint, $8::bigint, $9, $10, $11::json, decode($12, 'hex'), decode($13, 'hex'),
            decode($14, 'hex'))
    returning portal_id, sequence)
insert into audit_private (portal_id, sequence, salt, value)
select portal_id, sequence, decode($15, 'hex'), $16::text from event where $16::text is not null
