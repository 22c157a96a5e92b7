-- Who has a seat again: the first of what shows it. A reading shows an account that we suspended
-- active, or one that we downgraded with another profile than we gave, of a known class that is not
-- known to be cheaper than the target's (the configuration may change, and miss for a night), or a new
-- account of the same person active in the class; or we acted on it again, so it was active, or is.
-- An incomplete reading shows what it changed.
with open as materialized (
    select f.act_id, f.account_id, f.freed_class, f.freed_profile, f.takes, f.taken_class,
           f.person_key, a.to_profile, a.done_at,
           n.account_no, case when f.looked then p.seats_settled_id else 0 end as after
    from seat_act f
    join portal p on p.portal_id = $1::bigint
    join act a on a.portal_id = $1::bigint and a.act_id = f.act_id
    join account n on n.portal_id = $1::bigint and n.account_id = f.account_id
    where f.portal_id = $1::bigint and f.frees and f.back_on is null),
-- of which class a profile is; of none that is missing, as before
class as materialized (
    select v.profile_id, v.class, v.valid_from,
           lead(v.valid_from) over (partition by v.profile_id order by v.valid_from) as valid_to
    from profile_class_version v where v.portal_id = $1::bigint),
-- who is active in which class, in which readings; class_then: of the downgrade the one it gave, of a
-- new account the one that was freed
active as (
    select o.act_id, 'active' as word, o.takes, o.to_profile, v.profile_id,
           o.done_at, o.after, v.valid_from, v.valid_to, o.to_profile as class_profile,
           o.taken_class as class_then
    from open o
    join account_version v on v.portal_id = $1::bigint and v.account_no = o.account_no
        and v.status = 'active' and (v.valid_to is null or v.valid_to > o.after + 1)
    union all
    select o.act_id, 'account', false, null, v.profile_id, o.done_at, o.after,
           greatest(v.valid_from, k.valid_from), least(v.valid_to, k.valid_to), o.freed_profile,
           o.freed_class
    from open o
    join link_version k on k.portal_id = $1::bigint and k.person_key = o.person_key
        and k.account_no <> o.account_no and (k.valid_to is null or k.valid_to > o.after + 1)
    join account b on b.portal_id = $1::bigint and b.account_no = k.account_no
        and b.first_seen > o.done_at
    join account_version v on v.portal_id = $1::bigint and v.account_no = k.account_no
        and v.status = 'active' and (v.valid_to is null or v.valid_to > k.valid_from)
        and (k.valid_to is null or k.valid_to > v.valid_from)
    where o.person_key is not null),
seen as (
    select a.act_id, case when a.takes then 'class' else a.word end as word, r.today as day,
           s.taken_at as at
    from active a
    join snapshot s on s.portal_id = $1::bigint and s.snapshot_id > a.after
        and s.snapshot_id >= a.valid_from and (a.valid_to is null or s.snapshot_id < a.valid_to)
        and s.taken_at > a.done_at and s.thinned_at is null
        and (s.complete or s.snapshot_id = a.valid_from)
    join run r on r.portal_id = $1::bigint and r.run_id = s.run_id
    left join profile_class_version k on k.portal_id = $1::bigint and k.profile_id = a.profile_id
        and k.valid_from <= s.snapshot_id and (k.valid_to is null or k.valid_to > s.snapshot_id)
    left join class c on c.profile_id = a.class_profile and c.valid_from <= s.snapshot_id
        and (c.valid_to is null or c.valid_to > s.snapshot_id)
    left join seat_class_version i on i.portal_id = $1::bigint and i.class = k.class
        and i.valid_from <= s.snapshot_id and (i.valid_to is null or i.valid_to > s.snapshot_id)
    left join seat_class_version t on t.portal_id = $1::bigint
        and t.class = coalesce(c.class, a.class_then) and t.valid_from <= s.snapshot_id and (t.valid_to is null or t.valid_to > s.snapshot_id)
    where (a.word <> 'account' or k.class is not distinct from coalesce(c.class, a.class_then))
      and (not a.takes
           or (k.class is not null
               and k.class is distinct from coalesce(c.class, a.class_then)
               and (i.currency = t.currency and i.price < t.price) is not true))
    union all
    select o.act_id, 'act', w.since, b.done_at
    from open o
    join seat_act w on w.portal_id = $1::bigint and w.account_id = o.account_id
    join act b on b.portal_id = $1::bigint and b.act_id = w.act_id and b.done_at > o.done_at
    left join lateral (
        select case when b.action = 'downgrade' then w.freed_class else w.taken_class end as class,
               case when b.action = 'downgrade' then b.from_profile else b.to_profile end
                   as profile_id) k on true
    left join seat_class_version i on i.portal_id = $1::bigint and i.class = k.class
        and i.valid_from <= w.snapshot_id and (i.valid_to is null or i.valid_to > w.snapshot_id)
    left join class c on c.profile_id = o.to_profile and c.valid_from <= w.snapshot_id
        and (c.valid_to is null or c.valid_to > w.snapshot_id)
    left join seat_class_version t on t.portal_id = $1::bigint
        and t.class = coalesce(c.class, o.taken_class) and t.valid_from <= w.snapshot_id and (t.valid_to is null or t.valid_to > w.snapshot_id)
    where case when not o.takes then b.action <> 'deprovision'
               else b.action in ('downgrade', 'restore') and k.class is not null
                    and k.profile_id is distinct from o.to_profile
                    and k.class is distinct from coalesce(c.class, o.taken_class)
                    and (i.currency = t.currency and i.price < t.price) is not true end),
first as (
    select distinct on (s.act_id) s.act_id, s.word, s.day
    from seen s
    order by s.act_id, s.at, s.word)
update seat_act f set back_on = b.day, back_word = b.word
from first b
where f.portal_id = $1::bigint and f.act_id = b.act_id
