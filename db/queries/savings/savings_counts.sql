-- Seats in use by class at the complete readings that were not counted yet, by changes. At least a row
-- each: that nobody had a seat is told as well.
with held as (
    select v.valid_from, v.valid_to, v.profile_id, count(*) as seats
    from account_version v where v.portal_id = $1::bigint and v.status = 'active'
    group by v.valid_from, v.valid_to, v.profile_id),
change as (
    select h.valid_from as snapshot_id, h.profile_id, h.seats as step from held h
    union all
    select h.valid_to, h.profile_id, -h.seats from held h where h.valid_to is not null),
fresh as materialized (
    select s.snapshot_id
    from snapshot s join portal p on p.portal_id = $1::bigint
    where s.portal_id = $1::bigint and s.complete and s.thinned_at is null
      and s.snapshot_id > p.seats_settled_id),
moved as (
    -- of a change the first of these readings that shows it
    select (select min(f.snapshot_id) from fresh f where f.snapshot_id >= c.snapshot_id)
               as snapshot_id, c.profile_id, c.step
    from (select c.snapshot_id, c.profile_id, sum(c.step) as step
          from change c group by c.snapshot_id, c.profile_id) c),
summed as (
    select m.snapshot_id, m.profile_id, sum(m.step) as step
    from moved m where m.snapshot_id is not null group by m.snapshot_id, m.profile_id),
counted as (
    select f.snapshot_id, p.profile_id,
           sum(coalesce(m.step, 0)) over (partition by p.profile_id order by f.snapshot_id) as seats
    from fresh f
    cross join (select distinct m.profile_id from summed m) p
    left join summed m on m.snapshot_id = f.snapshot_id
        and m.profile_id is not distinct from p.profile_id),
classed as (
    select f.snapshot_id, k.class, coalesce(sum(c.seats), 0)::bigint as seats
    from fresh f
    left join counted c on c.snapshot_id = f.snapshot_id and c.seats > 0
    left join profile_class_version k on k.portal_id = $1::bigint and k.profile_id = c.profile_id
        and k.valid_from <= f.snapshot_id and (k.valid_to is null or k.valid_to > f.snapshot_id)
    group by f.snapshot_id, k.class)
insert into seat_count (portal_id, snapshot_id, position, class, seats)
select $1::bigint, c.snapshot_id,
       row_number() over (partition by c.snapshot_id order by c.class collate "C" nulls last),
       c.class, c.seats
from classed c
