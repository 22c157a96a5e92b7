-- Who approved an act of x (plan_id, account_id, subject), at x.at, in portal $1: those whose approval of just that
-- subject stood then, and of before rulings those who had approved it in its plan.
(select string_agg(distinct w.who, ', ' order by w.who)
 from (select g.who from audit.ruling g
       where g.portal_id = $1::bigint and g.account_id = x.account_id and g.decision = 'approve'
         and g.subject = x.subject and g.at <= x.at and (g.ended_at is null or g.ended_at >= x.at)
       union all
       select d.who from audit.decision d
       where d.portal_id = $1::bigint and d.plan_id = x.plan_id and d.decision = 'approve'
         and d.decided_at <= x.at
         and (d.all_rows or exists (
             select 1 from audit.decision_row n
             where n.portal_id = $1::bigint and n.plan_id = d.plan_id and n.who = d.who
               and n.account_id = x.account_id))) w)
