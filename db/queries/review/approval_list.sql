-- Who approved a plan, and which rows of it: one line a row, or one without an account.
select a.who, us(a.decided_at) as decided_at, a.all_rows, r.account_id
from approval a
join plan p using (portal_id, plan_id)
left join approval_row r on not a.all_rows and r.portal_id = a.portal_id
    and r.plan_id = a.plan_id and r.who = a.who
where a.portal_id = $1::bigint and a.plan_id = $2::bigint and a.kind = 'approve'
  and a.digest = p.digest
order by a.decided_at, a.who, r.account_id
