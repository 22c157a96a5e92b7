-- Somebody who decided keeps the decision, under a word that is nobody's name.
insert into approval (portal_id, plan_id, who, kind, decided_at, digest, all_rows, reason)
select portal_id, plan_id, $2, kind, decided_at, digest, all_rows, reason
from approval
where portal_id = $1::bigint and lower(who) in (select lower(value) from erasing_value)
