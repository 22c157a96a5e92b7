-- What was last known of the accounts named, to show who is gone.
select v.account_id, v.status, v.username, v.email, v.email2, v.name, v.employee_number,
       v.profile_id, v.country, v.department, v.groups, v.groups_unreadable, v.sso_only, v.flaw,
       l.kind, us(l.at), l.raw, l.source, us(l.seen_at)
from account_version v
left join login l
    on l.portal_id = v.portal_id and l.account_id = v.account_id and l.valid_to is null
where v.portal_id = $1::bigint and v.valid_to is null and v.account_id = any ($2::text[])
order by v.account_id collate "C"
