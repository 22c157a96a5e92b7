-- A person lets a guard of evidence go.
insert into acknowledgement (portal_id, acknowledgement_id, guard, plan_id, who, at, reason, cause,
                             measure)
values ($1::bigint, $2::bigint, $3, $4::bigint, $5, $6::timestamptz, $7, $8, $9::bigint)
