-- A snapshot again, from the versions that held in it: whoever was there, and who had just gone.
select v.account_id, v.status, v.username, v.email, v.email2, v.name, v.employee_number,
       v.profile_id, v.country, v.department, v.groups, v.groups_unreadable, v.sso_only, v.flaw,
       l.kind, us(l.at), l.raw, l.source, us(l.seen_at)
from account_version v
left join login l
    on l.portal_id = v.portal_id and l.account_id = v.account_id
    and l.valid_from <= $2::bigint and (l.valid_to is null or l.valid_to > $2::bigint)
where v.portal_id = $1::bigint
  and v.valid_from <= $2::bigint and (v.valid_to is null or v.valid_to > $2::bigint)
  and (v.status <> 'gone' or v.valid_from = $2::bigint)
order by v.account_id collate "C"
