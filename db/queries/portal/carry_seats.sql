-- What the acts of history $2 did to seats, as it had it: they were carried over to $1 just now. Whose
-- class it cannot tell is told by a reading of $1, if there was one.
insert into seat_act (portal_id, act_id, account_id, since, frees, freed_class, takes, taken_class,
                      person_key, back_on, back_word, freed_profile)
select $1::bigint, a.act_id, f.account_id, f.since, f.frees, f.freed_class, f.takes, f.taken_class,
       f.person_key, f.back_on, f.back_word, f.freed_profile
from seat_act f
join act o on o.portal_id = $2::bigint and o.act_id = f.act_id
join act a on a.portal_id = $1::bigint and a.account_id = o.account_id and a.action = o.action
    and a.done_at = o.done_at and a.plan_id is null
where f.portal_id = $2::bigint
  and not exists (select 1 from seat_act d
                  where d.portal_id = $1::bigint and d.act_id = a.act_id)
