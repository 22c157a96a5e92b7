-- Whether the database has the plan with this digest.
select exists (select 1 from plan
               where portal_id = $1::bigint and plan_id = $2::bigint and digest = decode($3, 'hex'))
