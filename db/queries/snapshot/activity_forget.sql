-- What was told of somebody whom no snapshot has listed since.
delete from activity_pending where portal_id = $1::bigint and seen_at < $2::timestamptz
