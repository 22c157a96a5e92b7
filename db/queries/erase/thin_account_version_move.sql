-- The others begin and end with one that is kept.
update account_version v
set valid_from = coalesce(f.kept_id, w.valid_from), valid_to = coalesce(t.kept_id, w.valid_to)
from account_version w
left join thinning f on f.snapshot_id = w.valid_from
left join thinning t on t.snapshot_id = w.valid_to
where v.portal_id = $1::bigint and w.portal_id = $1::bigint and w.account_no = v.account_no
  and w.valid_from = v.valid_from and (f.kept_id is not null or t.kept_id is not null)
