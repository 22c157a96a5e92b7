-- The row of a roster; what it said goes into the versions in the same transaction.
insert into roster (portal_id, roster_id, run_id, source, read_at, modified_at, digest, rows,
                    people, rejected, blind, duplicates, good, content)
values ($1::bigint, $2::bigint, $3::bigint, $4, $5::timestamptz, $6::timestamptz,
        decode($7, 'hex'), $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::bigint,
        $13::boolean, decode($14, 'hex'))
