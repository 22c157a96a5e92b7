-- Whom history $2 knew somebody for, or could not tell of, since $1 knew nobody: the absence begins
-- anew (R6).
update link_version k
set since = greatest(k.since, $3::timestamptz)
from account a
join account o on o.portal_id = $2::bigint and o.account_id = a.account_id
where a.portal_id = $1::bigint
  and k.portal_id = a.portal_id and k.account_no = a.account_no
  and k.valid_to is null and k.kind = 'none'
  and exists (select from link_version v
              left join snapshot e on e.portal_id = v.portal_id and e.snapshot_id = v.valid_to
              where v.portal_id = o.portal_id and v.account_no = o.account_no
                and (v.kind <> 'none' or v.matched_by = 'near')
                and (v.valid_to is null or e.taken_at > k.since))
