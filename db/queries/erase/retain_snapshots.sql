-- Of old weeks and months the last snapshot is kept; the others are marked, and their versions go.
update snapshot s set thinned_at = $4::timestamptz
where s.portal_id = $1::bigint and s.thinned_at is null and s.taken_at < $2::timestamptz
  and exists (select 1 from snapshot k
              where k.portal_id = $1::bigint and k.snapshot_id > s.snapshot_id
                and k.taken_at < $2::timestamptz and k.thinned_at is null
                and case when k.taken_at < $3::timestamptz
                         then date_trunc('month', k.taken_at at time zone 'UTC')
                              = date_trunc('month', s.taken_at at time zone 'UTC')
                         else date_trunc('week', k.taken_at at time zone 'UTC')
                              = date_trunc('week', s.taken_at at time zone 'UTC') end)
returning s.snapshot_id
