-- Why a snapshot was incomplete, as the plan tells it.
update plan
set snapshot_incomplete_reason = regexp_replace(snapshot_incomplete_reason, $2, '(erased)', 'gi')
where portal_id = $1::bigint and snapshot_incomplete_reason ~* $2
