-- The newest plans, the newest first: what each proposed, what holds it, and what people decided about its
-- rows on it. Who was let go holds nothing.
select p.plan_id, p.today as day, p.state, p.downgrade, p.suspend, p.deprovision, p.reactivate,
       p.restore, p.findings,
       p.waiting, g.held_by, coalesce(d.approved, 0) as approved, coalesce(d.kept, 0) as kept,
       (select count(*) from step s
        where s.portal_id = $1::bigint and s.plan_id = p.plan_id
          and s.state in ('done', 'verified', 'already')) as done,
       p.seats_now, p.seats_after, left(encode(p.digest, 'hex'), 12) as digest
from plan p
left join lateral (
    select count(distinct r.account_id) filter (where r.kind = 'approve') as approved,
           count(distinct r.account_id) filter (where r.kind in ('keep', 'reject')) as kept
    from ruling r
    where r.portal_id = $1::bigint and r.plan_id = p.plan_id) d on true
left join lateral (
    select string_agg(f.guard, ' ' order by f.position) as held_by
    from plan_guard f
    where f.portal_id = $1::bigint and f.plan_id = p.plan_id and f.hold) g on true
where p.portal_id = $1::bigint
order by p.plan_id desc
limit $2::bigint
