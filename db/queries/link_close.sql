-- Closes the links that changed; of accounts that are not there any more only by a complete snapshot.
with closing as (
    select v.account_id
    from link_version v
    left join stage_link s on s.account_id = v.account_id
    where v.portal_id = $1::bigint and v.valid_to is null
      and case when s.account_id is null then $3::boolean
               else (s.kind, s.matched_by, s.person_key)
                    is distinct from (v.kind, v.matched_by, v.person_key) end)
update link_version v set valid_to = $2::bigint
from closing c
where v.portal_id = $1::bigint and v.account_id = c.account_id and v.valid_to is null
