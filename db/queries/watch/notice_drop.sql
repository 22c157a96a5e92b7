-- A reason is gone.
delete from notice_told where portal_id = $1::bigint and channel = $2 and kind = $3
