-- Of two plans those whose rows were taken away by age: they cannot be compared.
select p.plan_id
from plan p
where p.portal_id = $1::bigint and p.plan_id in ($2::bigint, $3::bigint) and p.rows > 0
  and not exists (select 1 from plan_row w
                  where w.portal_id = $1::bigint and w.plan_id = p.plan_id)
order by p.plan_id
