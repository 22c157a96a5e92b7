-- What the acts did to seats that are not in seat_act yet, by the newest reading before each: of a
-- suspension the class that the account had there, of a downgrade and a restoration the classes of both
-- profiles; a restoration frees nothing, it gives back. Whoever is deleted was suspended
-- before, and has no seat.
insert into seat_act (portal_id, act_id, account_id, since, snapshot_id, frees, freed_class, takes,
                      taken_class, person_key, freed_profile)
select c.portal_id, c.act_id, c.account_id, c.since, c.snapshot_id,
       c.frees and not c.is_same, case when c.leaves and not c.is_same then c.before end,
       c.takes and not c.is_same, case when c.takes and not c.is_same then c.after end, c.person_key,
       case when c.frees and not c.is_same then c.profile_id end
from (select a.portal_id, a.act_id, a.account_id,
             (a.done_at at time zone coalesce(p.time_zone, z.time_zone, 'UTC'))::date as since,
             s.snapshot_id, a.action in ('suspend', 'downgrade') as frees,
             a.action in ('suspend', 'downgrade', 'restore') as leaves,
             a.action in ('reactivate', 'downgrade', 'restore') as takes, f.class as before,
             t.class as after,
             a.action in ('downgrade', 'restore') and f.class is not distinct from t.class as is_same,
             k.person_key, coalesce(a.from_profile, v.profile_id) as profile_id
      from act a
      left join plan p on p.portal_id = $1::bigint and p.plan_id = a.plan_id
      left join (select o.time_zone from plan o where o.portal_id = $1::bigint
                 order by o.plan_id desc limit 1) z on true
      left join lateral (
          select o.snapshot_id from snapshot o
          where o.portal_id = $1::bigint and o.taken_at <= a.done_at
          order by o.taken_at desc, o.snapshot_id desc limit 1) s on true
      left join account n on n.portal_id = $1::bigint and n.account_id = a.account_id
      left join account_version v on v.portal_id = $1::bigint and v.account_no = n.account_no
          and v.valid_from <= s.snapshot_id
          and (v.valid_to is null or v.valid_to > s.snapshot_id)
      left join link_version k on k.portal_id = $1::bigint and k.account_no = n.account_no
          and k.kind = 'one' and k.valid_from <= s.snapshot_id
          and (k.valid_to is null or k.valid_to > s.snapshot_id)
      left join profile_class_version f on f.portal_id = $1::bigint
          and f.profile_id = coalesce(a.from_profile, v.profile_id)
          and f.valid_from <= s.snapshot_id
          and (f.valid_to is null or f.valid_to > s.snapshot_id)
      left join profile_class_version t on t.portal_id = $1::bigint
          and t.profile_id = coalesce(a.to_profile, v.profile_id)
          and t.valid_from <= s.snapshot_id
          and (t.valid_to is null or t.valid_to > s.snapshot_id)
      where a.portal_id = $1::bigint
        and not exists (select 1 from seat_act d
                        where d.portal_id = $1::bigint and d.act_id = a.act_id)) c
order by c.act_id
