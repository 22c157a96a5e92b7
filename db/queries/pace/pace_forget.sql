-- Blocks that no window can hold any more.
delete from request_block
where portal_id = $1::bigint and last_at < $2::timestamptz - interval '1 day'
