-- The accounts that log in most: those whose last login was replaced most often, the newest login first.
select a.account_id
from account a
left join (select account_no, count(*) as changes
           from login_past
           where portal_id = $1::bigint and kind = 'known'
           group by account_no) c on c.account_no = a.account_no
where a.portal_id = $1::bigint and a.login_kind = 'known'
order by coalesce(c.changes, 0) desc, a.login_at desc, a.account_id
limit $2::bigint
