-- What was told on a channel and still stands.
select kind, key from notice_told where portal_id = $1::bigint and channel = $2
