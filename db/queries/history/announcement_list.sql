-- Open announcements, together by account.
select account_id, rule, announced_on::text, us(login_at), us(announced_at), not_before::text
from announcement
where portal_id = $1::bigint and ended_on is null
order by account_id, rule
