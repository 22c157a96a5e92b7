-- Open announcements, together by account.
select account_id, rule, action, to_profile, announced_on::text as announced_on, us(login_at) as login_at,
       us(announced_at) as announced_at, not_before::text as not_before, told
from announcement
where portal_id = $1::bigint and ended_on is null
order by account_id, rule
