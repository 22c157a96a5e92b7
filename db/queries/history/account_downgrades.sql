-- The last downgrade by us of every account, behind it those before it that nobody undid: each gave
-- what the next one took, and in between neither did we give the former profile back, nor showed a
-- reading another one. And when we gave it back since. Whether somebody else gave another one since the
-- last the account's own row tells.
with downgraded as (
    select d.account_id, d.act_id, d.done_at, d.from_profile, d.to_profile, d.from_roles,
           d.person_status,
           (select min(r.done_at) from act r
            where r.portal_id = $1::bigint and r.account_id = d.account_id and r.action = 'restore'
              and r.done_at > d.done_at) as restored_at,
           row_number() over newest as place, lag(d.from_profile) over newest as next_from,
           lag(d.done_at) over newest as next_at
    from act d
    where d.portal_id = $1::bigint and d.action = 'downgrade'
    window newest as (partition by d.account_id order by d.done_at desc, d.act_id desc)),
linked as (
    select d.*, bool_and(d.place = 1
                         or (d.to_profile = d.next_from and (d.restored_at > d.next_at) is not false
                             and (a.regraded_at > d.done_at and a.regraded_at <= d.next_at) is not true))
               over (partition by d.account_id order by d.place) as is_whole
    from downgraded d
    left join account a on a.portal_id = $1::bigint and a.account_id = d.account_id)
select account_id, act_id, us(done_at) as done_at, from_profile, to_profile, from_roles,
       person_status, us(restored_at) as restored_at
from linked
where is_whole
order by account_id, place
