-- The row of a snapshot; what it said goes into the versions in the same transaction.
insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, incomplete_reason,
                      accounts, active, inactive, unreadable, gone, nameless, requests,
                      logins_read, own_id, digest, logins_by, events, logins_note,
                      activity_since, activity_note)
values ($1::bigint, $2::bigint, $3::bigint, $4::timestamptz, $5::boolean, $6, $7::bigint,
        $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::bigint,
        $15, decode($16, 'hex'), $17, $18::bigint, $19,
        $20::timestamptz, $21)
