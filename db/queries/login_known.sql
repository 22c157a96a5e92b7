-- The newest login known of every account, and the department its last single read gave.
select v.account_id, l.kind, us(l.at), l.raw,
       us(greatest(l.seen_at, l.confirmed_at)), v.department
from account_version v
left join login l
    on l.portal_id = v.portal_id and l.account_id = v.account_id and l.valid_to is null
where v.portal_id = $1::bigint and v.valid_to is null
