-- The mail certainly was not sent.
delete from notice_announced where portal_id = $1::bigint and announcement_id = $2::bigint
