-- How much matched, for the next run's comparison (guard G6).
update snapshot set matched_percent = $3::double precision
where portal_id = $1::bigint and snapshot_id = $2::bigint
