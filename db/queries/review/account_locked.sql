-- Accounts whose last act of ours is a suspension since the given moment and that nobody saw active
-- or gone afterwards, newest first. An incomplete snapshot shows only what changed in it.
select d.account_id, v.username, v.email, us(d.done_at) as done_at
from (select distinct on (account_id) * from act
      where portal_id = $1::bigint
      order by account_id, done_at desc, act_id desc) d
join account a on a.portal_id = $1::bigint and a.account_id = d.account_id
left join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
    and v.valid_to is null
where d.action = 'suspend' and d.done_at > $2::timestamptz
  and v.status is distinct from 'gone'
  and not exists (select 1 from account_version w
                  join snapshot s on s.portal_id = $1::bigint
                      and s.snapshot_id >= w.valid_from
                      and (w.valid_to is null or s.snapshot_id < w.valid_to)
                  where w.portal_id = $1::bigint and w.account_no = a.account_no
                    and w.status = 'active' and s.taken_at > d.done_at
                    and (s.complete or s.snapshot_id = w.valid_from))
order by d.done_at desc, d.account_id
