-- Accounts of history $2 that $1 has never seen. The next reading opens their first version. It is the
-- same portal: the last reading of $1 before their first sight did not have them either (K4).
with missing as (
    select a.*, row_number() over (order by a.account_id) as n
    from account a
    where a.portal_id = $2::bigint
      and not exists (select from account o
                      where o.portal_id = $1::bigint and o.account_id = a.account_id)),
numbered as (
    update portal set last_account_no = last_account_no + (select count(*) from missing)::integer
    where portal_id = $1::bigint
    returning last_account_no - (select count(*) from missing)::integer as before, last_snapshot_id,
              adopted_snapshot_id),
readings as materialized (
    select s.taken_at
    from snapshot s
    cross join numbered t
    where s.portal_id = $1::bigint and s.complete
      and s.snapshot_id > coalesce(t.adopted_snapshot_id, 0)
      and not exists (select from plan p
                      join plan_guard g on g.portal_id = p.portal_id and g.plan_id = p.plan_id
                      where p.portal_id = s.portal_id and p.snapshot_id = s.snapshot_id
                        and g.guard = 'G14' and g.hold)),
seen as (
    select f.first_seen, max(r.taken_at) as before
    from (select distinct first_seen from missing) f
    join readings r on r.taken_at < f.first_seen
    group by f.first_seen)
insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, created,
                     deactivated, ever_active, once_linked, missing_at, became_active_at,
                     reactivated_at, regraded_at, bound)
select $1::bigint, m.account_id, (t.before + m.n)::integer, t.last_snapshot_id, m.first_seen,
       m.created, m.deactivated, m.ever_active, m.once_linked, greatest(m.missing_at, s.before),
       m.became_active_at, m.reactivated_at, m.regraded_at, m.bound
from missing m
cross join numbered t
left join seen s on s.first_seen = m.first_seen
order by m.account_id
