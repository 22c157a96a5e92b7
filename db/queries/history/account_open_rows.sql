-- What was last known of the accounts named, to show who is gone.
select a.account_id, v.status, v.username, v.email, v.email2, v.name, v.employee_number,
       v.profile_id, v.country, v.department, v.groups, v.groups_unreadable, v.sso_only, v.flaw,
       a.login_kind as kind, us(a.login_at) as at, a.login_raw as raw, a.login_source as source,
       us(a.login_seen_at) as seen_at,
       d.kind as active_kind, us(d.at) as active_at, us(d.seen_at) as active_seen_at,
       a.account_no, us(a.first_seen) as first_seen, us(a.created) as created, a.ever_active,
       case when k.kind = 'none' and k.matched_by <> 'near' then us(k.since) end as unlinked_since,
       a.once_linked, us(a.missing_at) as missing_at,
       us(a.became_active_at) as became_active, us(a.reactivated_at) as reactivated,
       us(a.profile_since) as profile_since, us(a.profile_other_at) as profile_other_at,
       us(a.regraded_at) as regraded, us(f.at) as first_event
from account a
join account_version v
    on v.portal_id = $1::bigint and v.account_no = a.account_no and v.valid_to is null
left join activity_known d on d.portal_id = $1::bigint and d.account_no = a.account_no
left join link_version k
    on k.portal_id = $1::bigint and k.account_no = a.account_no and k.valid_to is null
left join first_event f on f.portal_id = $1::bigint and f.account_id = a.account_id
where a.portal_id = $1::bigint and a.account_no = any ($2::integer[])
order by a.account_id collate "C"
