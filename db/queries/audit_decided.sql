-- Plans that people decided on or that were carried out: those must still say what they said.
select e.sequence, e.plan_id
from audit_event e
where e.portal_id = $1::bigint and e.kind = 'plan'
  and exists (select from audit_event d
              where d.portal_id = e.portal_id and d.plan_id = e.plan_id
                and d.kind in ('approval', 'intent'))
order by e.sequence
