-- The accounts that log in most: those whose last login was replaced most often, the newest login first.
select a.account_id
from login_known k
join account a on a.portal_id = $1::bigint and a.account_no = k.account_no
left join (select account_no, count(*) as changes
           from login_past
           where portal_id = $1::bigint and kind = 'known'
           group by account_no) c on c.account_no = k.account_no
where k.portal_id = $1::bigint and k.kind = 'known'
order by coalesce(c.changes, 0) desc, k.at desc, a.account_id
limit $2::bigint
