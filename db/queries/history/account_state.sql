-- What is known of every account's life, its newest last login, and whether it was there until now:
-- whoever a complete snapshot does not have of these is gone. The last link counts only while it is
-- open.
select a.account_id, a.account_no, us(a.first_seen) as first_seen, us(a.created) as created,
       a.ever_active, case when k.kind = 'none' then us(k.since) end as unlinked_since,
       l.kind, l.source, us(l.at) as at, l.raw, us(greatest(l.seen_at, l.read_at)) as seen_at,
       us(l.read_at) as read_at, v.department, coalesce(v.status <> 'gone', false) as was_there
from account a
left join account_version v
    on v.portal_id = a.portal_id and v.account_no = a.account_no and v.valid_to is null
left join link_version k
    on k.portal_id = a.portal_id and k.account_no = a.account_no and k.valid_to is null
left join login_known l on l.portal_id = a.portal_id and l.account_no = a.account_no
where a.portal_id = $1::bigint
