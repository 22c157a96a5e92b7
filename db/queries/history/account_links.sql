-- Since when an account leads to nobody, and whom it was last linked to for seven nights or more, unless a
-- person wrote something down since (K6). The last link counts only while it is open; nights on which
-- somebody was near prove nothing (R6, P6).
with yesterday as (
    select distinct on (w.account_no) w.account_no, w.person_key
    from link_version w
    join snapshot e on e.portal_id = $1::bigint and e.snapshot_id = w.valid_to
    where w.portal_id = $1::bigint and w.valid_to is not null and w.kind = 'one'
      and w.matched_by <> 'links file' and e.taken_at >= w.since + interval '7 days'
      and not exists (select 1 from link_version f
                      where f.portal_id = $1::bigint and f.account_no = w.account_no
                        and f.matched_by = 'links file' and f.valid_from >= w.valid_to)
    order by w.account_no, w.valid_from desc)
select l.account_no, l.unlinked_since, l.yesterday
from (select coalesce(k.account_no, y.account_no) as account_no,
             case when k.kind = 'none' and k.matched_by <> 'near' then k.since end as unlinked_since,
             case when k.kind = 'one' and k.matched_by <> 'links file'
                    and k.since <= (select max(taken_at) from snapshot
                                    where portal_id = $1::bigint) - interval '7 days'
                  then k.person_key else y.person_key end as yesterday
      from (select account_no, kind, matched_by, since, person_key from link_version
            where portal_id = $1::bigint and valid_to is null) k
      full join yesterday y on y.account_no = k.account_no) l
where l.unlinked_since is not null or l.yesterday is not null
