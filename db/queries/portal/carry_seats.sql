-- What the acts of history $2 did to seats, as it had it: they were carried over to $1 just now. Whose
-- class it cannot tell is told by a reading of $1, if there was one.
with other as materialized (
    select o.action, o.done_at, f.account_id, f.since, f.frees, f.freed_class, f.takes, f.taken_class,
           f.person_key, f.back_on, f.back_word, f.freed_profile
    from seat_act f
    join act o on o.portal_id = $2::bigint and o.act_id = f.act_id
    where f.portal_id = $2::bigint),
own as materialized (
    select a.act_id, a.account_id, a.action, a.done_at
    from act a
    left join seat_act d on d.portal_id = $1::bigint and d.act_id = a.act_id
    where a.portal_id = $1::bigint and a.plan_id is null and d.act_id is null),
made as materialized (
    select a.act_id, f.*
    from other f
    join own a on a.account_id = f.account_id and a.action = f.action and a.done_at = f.done_at
    offset 0)
insert into seat_act (portal_id, act_id, account_id, since, frees, freed_class, takes, taken_class,
                      person_key, back_on, back_word, freed_profile)
select $1::bigint, m.act_id, m.account_id, m.since, m.frees, m.freed_class, m.takes, m.taken_class,
       m.person_key, m.back_on, m.back_word, m.freed_profile
from made m
