-- What was told of somebody whom no snapshot has listed since: whoever they were, they are not there.
delete from login_pending where portal_id = $1::bigint and seen_at < $2::timestamptz
