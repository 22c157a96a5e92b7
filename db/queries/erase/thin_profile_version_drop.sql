-- Versions that held in no snapshot that is kept.
delete from profile_version v
using profile_version w
left join thinning f on f.snapshot_id = w.valid_from
left join thinning t on t.snapshot_id = w.valid_to
where v.portal_id = $1::bigint and w.portal_id = $1::bigint and w.profile_id = v.profile_id
  and w.valid_from = v.valid_from and w.valid_to is not null
  and coalesce(f.kept_id, w.valid_from) = coalesce(t.kept_id, w.valid_to)
