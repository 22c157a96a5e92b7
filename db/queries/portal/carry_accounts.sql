-- Accounts of history $2 that $1 has never seen. The next reading opens their first version. It is the
-- same portal: the last reading of $1 before their first sight did not have them either (K4).
with own as materialized (
    select account_id from account where portal_id = $1::bigint),
other as materialized (
    select account_id, first_seen, created, deactivated, ever_active, once_linked, missing_at,
           became_active_at, reactivated_at, regraded_at, bound
    from account where portal_id = $2::bigint),
missing as materialized (
    select o.*, row_number() over (order by o.account_id) as n
    from other o
    left join own on own.account_id = o.account_id
    where own.account_id is null),
numbered as (
    update portal set last_account_no = last_account_no + (select count(*) from missing)::integer
    where portal_id = $1::bigint
    returning last_account_no - (select count(*) from missing)::integer as before, last_snapshot_id,
              adopted_snapshot_id),
readings as materialized (
    select s.snapshot_id, s.taken_at
    from snapshot s
    where s.portal_id = $1::bigint and s.complete
      and not exists (select 1 from plan p
                      join plan_guard g on g.portal_id = $1::bigint and g.plan_id = p.plan_id
                      where p.portal_id = $1::bigint and p.snapshot_id = s.snapshot_id
                        and g.guard = 'G14' and g.hold)),
seen as materialized (
    select f.first_seen, max(r.taken_at) as before
    from (select distinct first_seen from missing) f
    cross join numbered t
    join readings r on r.taken_at < f.first_seen
        and r.snapshot_id > coalesce(t.adopted_snapshot_id, 0)
    group by f.first_seen),
made as materialized (
    select m.*, (t.before + m.n)::integer as account_no, t.last_snapshot_id, s.before
    from missing m
    cross join numbered t
    left join seen s on s.first_seen = m.first_seen
    offset 0)
insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, created,
                     deactivated, ever_active, once_linked, missing_at, became_active_at,
                     reactivated_at, regraded_at, bound)
select $1::bigint, m.account_id, m.account_no, m.last_snapshot_id, m.first_seen,
       m.created, m.deactivated, m.ever_active, m.once_linked, greatest(m.missing_at, m.before),
       m.became_active_at, m.reactivated_at, m.regraded_at, m.bound
from made m
order by m.account_id
