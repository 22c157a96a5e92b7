-- Approved as soon as one row has enough people and nothing holds it, else as it was made. How many
-- people a row needs: review_needed in core/review.
update plan p
set state = case
    when exists (
        select from plan_row r
        where r.portal_id = p.portal_id and r.plan_id = p.plan_id and r.action <> 'keep'
          and (r.held_by is null
               or exists (select from guard_override o
                          where o.portal_id = r.portal_id and o.plan_id = r.plan_id
                            and o.guard = r.held_by))
          and case r.action when 'deprovision' then p.approvals_deprovision
                            when 'reactivate' then greatest(p.approvals_suspend, 1)
                            else p.approvals_suspend end
              <= (select count(distinct a.who) from approval a
                  where a.portal_id = r.portal_id and a.plan_id = r.plan_id
                    and a.kind = 'approve' and a.digest = p.digest
                    and (a.all_rows
                         or exists (select from approval_row x
                                    where x.portal_id = a.portal_id and x.plan_id = a.plan_id
                                      and x.who = a.who and x.account_id = r.account_id))))
    then 'approved'
    when exists (select from plan_guard g
                 where g.portal_id = p.portal_id and g.plan_id = p.plan_id and g.hold) then 'held'
    else 'proposed' end
where p.portal_id = $1::bigint and p.plan_id = $2::bigint
  and p.state in ('held', 'proposed', 'approved')
