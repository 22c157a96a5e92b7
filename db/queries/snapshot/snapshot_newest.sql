-- The newest snapshot: what is known of accounts beside what an export tells.
select snapshot_id from snapshot where portal_id = $1::bigint order by snapshot_id desc limit 1
