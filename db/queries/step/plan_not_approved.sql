-- The first of the given rows of a plan that has too few people, or is held: none may become an
-- approved step. How many people a row needs: review_needed in core/review.
select x.position, x.account_id, x.needed, x.people, x.held_by
from (select r.position, r.account_id,
             case r.action when 'deprovision' then p.approvals_deprovision
                           when 'reactivate' then greatest(p.approvals_suspend, 1)
                           else p.approvals_suspend end as needed,
             (select count(distinct a.who) from approval a
              where a.portal_id = r.portal_id and a.plan_id = r.plan_id
                and a.kind = 'approve' and a.digest = p.digest
                and (a.all_rows
                     or exists (select from approval_row n
                                where n.portal_id = a.portal_id and n.plan_id = a.plan_id
                                  and n.who = a.who and n.account_id = r.account_id))) as people,
             (select r.held_by
              where not exists (select from guard_override o
                                where o.portal_id = r.portal_id and o.plan_id = r.plan_id
                                  and o.guard = r.held_by)) as held_by
      from plan_row r
      join plan p using (portal_id, plan_id)
      where r.portal_id = $1::bigint and r.plan_id = $2::bigint
        and r.position = any ($3::bigint[])) x
where x.people < x.needed or x.held_by is not null
order by x.position
limit 1
