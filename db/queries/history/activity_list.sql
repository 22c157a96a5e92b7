-- The newest activity of every account: as the last snapshot knew it, and what was read since.
select a.account_id, l.kind, us(l.at) as at, us(l.seen_at) as seen_at
from activity_known l
join account a on a.portal_id = $1::bigint and a.account_no = l.account_no
where l.portal_id = $1::bigint
