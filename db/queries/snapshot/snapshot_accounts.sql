-- A snapshot again, from the versions that held in it: whoever was there, and who had just gone. A
-- last login holds until the next one of its account, so the newest before the snapshot counts.
select a.account_id, v.status, v.username, v.email, v.email2, v.name, v.employee_number,
       v.profile_id, v.country, v.department, v.groups, v.groups_unreadable, v.sso_only, v.flaw,
       l.kind, checked_us(l.at) as at, l.raw, l.source, checked_us(l.seen_at) as seen_at,
       d.kind as active_kind, checked_us(d.at) as active_at, checked_us(d.seen_at) as active_seen_at
from account_version v
join account a on a.portal_id = $1::bigint and a.account_no = v.account_no
left join lateral (select * from login_past w
                   where w.portal_id = $1::bigint and w.account_no = v.account_no
                     and w.valid_from <= $2::integer and a.login_from > $2::integer
                   order by w.valid_from desc
                   limit 1) b on true
cross join lateral (select case when a.login_from <= $2::integer then a.login_kind else b.kind end as kind,
                           case when a.login_from <= $2::integer then a.login_at else b.at end as at,
                           case when a.login_from <= $2::integer then a.login_raw else b.raw end as raw,
                           case when a.login_from <= $2::integer then a.login_source else b.source end
                               as source,
                           case when a.login_from <= $2::integer then a.login_seen_at else b.seen_at end
                               as seen_at) l
left join lateral (select * from activity w
                   where w.portal_id = $1::bigint and w.account_no = v.account_no
                     and w.valid_from <= $2::integer
                   order by w.valid_from desc
                   limit 1) d on true
where v.portal_id = $1::bigint
  and v.valid_from <= $2::integer and (v.valid_to is null or v.valid_to > $2::integer)
  and (v.status <> 'gone' or v.valid_from = $2::integer)
order by a.account_id collate "C"
