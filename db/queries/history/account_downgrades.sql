-- The last downgrade by us of every account, and when we gave the former profile back since. Whether
-- somebody else gave it another one the account's own row tells.
select d.account_id, d.act_id, us(d.done_at) as done_at, d.from_profile, d.to_profile, d.from_roles,
       d.person_status,
       (select us(min(r.done_at)) from act r
        where r.portal_id = $1::bigint and r.account_id = d.account_id and r.action = 'restore'
          and r.done_at > d.done_at) as restored_at
from (select distinct on (account_id) account_id, act_id, done_at, from_profile, to_profile,
             from_roles, person_status
      from act
      where portal_id = $1::bigint and action = 'downgrade'
      order by account_id, done_at desc, act_id desc) d
