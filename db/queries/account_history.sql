-- What is known of every account's life: first sight, ever active, since when it is nobody's. The
-- last link counts only while it is open.
select a.account_id, us(a.first_seen), us(a.created), a.ever_active,
       case when k.kind = 'none' then us(k.since) end
from account a
left join link_version k
    on k.portal_id = a.portal_id and k.account_id = a.account_id and k.valid_to is null
where a.portal_id = $1::bigint
