-- What is known of every account's life, its newest last login and activity, and whether it was there until now:
-- whoever a complete snapshot does not have of these is gone. The last link counts only while it is
-- open; nights on which somebody was near prove nothing (R6, P6). Yesterday: whom it was last linked to
-- for seven nights or more, unless a person wrote something down since (K6). Had none: when it last
-- showed whether it has a seat.
with yesterday as (
    select distinct on (w.account_no) w.account_no, w.person_key
    from link_version w
    join snapshot e on e.portal_id = $1::bigint and e.snapshot_id = w.valid_to
    where w.portal_id = $1::bigint and w.kind = 'one' and w.matched_by <> 'links file'
      and e.taken_at >= w.since + interval '7 days'
      and not exists (select 1 from link_version f
                      where f.portal_id = $1::bigint and f.account_no = w.account_no
                        and f.matched_by = 'links file' and f.valid_from >= w.valid_to)
    order by w.account_no, w.valid_from desc)
select a.account_id, a.account_no, a.first_seen, a.created,
       a.ever_active, case when k.kind = 'none' and k.matched_by <> 'near' then k.since end as unlinked_since,
       a.once_linked, a.missing_at,
       case when k.kind = 'one' and k.matched_by <> 'links file' and k.since <= n.taken_at - interval '7 days'
            then k.person_key else y.person_key end as yesterday,
       a.login_kind as kind, a.login_source as source, a.login_at as at, a.login_raw as raw,
       greatest(a.login_seen_at, a.login_read_at) as seen_at, a.login_read_at as read_at,
       v.department, coalesce(v.status <> 'gone', false) as was_there,
       a.became_active_at as became_active, a.reactivated_at as reactivated,
       a.profile_id,
       a.profile_since, a.profile_other_at, a.regraded_at as regraded,
       n.complete_at, f.at as first_event, a.bound <> '{}' as is_bound,
       d.kind as active_kind, d.at as active_at, d.seen_at as active_seen_at,
       coalesce(case when v.status in ('active', 'inactive') then v.status
                     else (select w.status from account_version w
                           where w.portal_id = $1::bigint and w.account_no = a.account_no
                             and w.status in ('active', 'inactive')
                           order by w.valid_from desc limit 1) end = 'inactive', false) as had_none,
       v.digest as version
from account a
cross join (select max(taken_at) as taken_at, max(taken_at) filter (where complete) as complete_at
            from snapshot where portal_id = $1::bigint) n
left join account_version v
    on v.portal_id = $1::bigint and v.account_no = a.account_no and v.valid_to is null
left join link_version k
    on k.portal_id = $1::bigint and k.account_no = a.account_no and k.valid_to is null
left join first_event f on f.portal_id = $1::bigint and f.account_id = a.account_id
left join yesterday y on y.account_no = a.account_no
left join activity_known d on d.portal_id = $1::bigint and d.account_no = a.account_no
where a.portal_id = $1::bigint
