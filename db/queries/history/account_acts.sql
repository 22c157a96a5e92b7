-- The last suspension by us of every account, whether we undid it ourselves, whether readings of the time
-- after it are missing, and its number. Whether somebody undid it the account's own row tells.
select d.account_id, us(d.done_at) as done_at, d.person_status,
       exists (select 1 from act r
               where r.portal_id = $1::bigint and r.account_id = d.account_id
                 and r.action = 'reactivate' and r.done_at > d.done_at) as undone_by_us,
       coalesce(d.done_at < p.states_whole_from, false) as readings_missing, d.act_id
from (select distinct on (account_id) account_id, act_id, done_at, person_status
      from act
      where portal_id = $1::bigint and action = 'suspend'
      order by account_id, done_at desc, act_id desc) d
join portal p on p.portal_id = $1::bigint
