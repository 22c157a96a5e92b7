-- The last suspension by us of every account, whether we undid it ourselves, and whether the account
-- was seen active afterwards. An incomplete snapshot shows only what changed in it: an old version
-- that stays open over it proves nothing.
select d.account_id, us(d.done_at) as done_at, d.person_status,
       exists (select from act r
               where r.portal_id = d.portal_id and r.account_id = d.account_id
                 and r.action = 'reactivate' and r.done_at > d.done_at) as undone_by_us,
       exists (select from account_version v
               join snapshot s on s.portal_id = v.portal_id
                   and s.snapshot_id >= v.valid_from
                   and (v.valid_to is null or s.snapshot_id < v.valid_to)
               where v.portal_id = d.portal_id and v.account_no = a.account_no
                 and v.status = 'active' and s.taken_at > d.done_at
                 and (s.complete or s.snapshot_id = v.valid_from)) as active_since
from (select distinct on (account_id) * from act
      where portal_id = $1::bigint and action = 'suspend'
      order by account_id, done_at desc, act_id desc) d
join account a on a.portal_id = d.portal_id and a.account_id = d.account_id
