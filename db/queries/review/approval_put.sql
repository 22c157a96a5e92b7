-- A person's decision; an earlier one of the same kind is replaced.
insert into approval (portal_id, plan_id, who, kind, decided_at, digest, all_rows, reason)
select portal_id, plan_id, $3, $4, $5::timestamptz, digest, $6::boolean, $7
from plan
where portal_id = $1::bigint and plan_id = $2::bigint
on conflict (portal_id, plan_id, who, kind) do update
    set decided_at = excluded.decided_at, all_rows = excluded.all_rows, reason = excluded.reason
