-- The mail certainly was not sent.
delete from notice_announced
where portal_id = $1::bigint and account_id = $2 and rule = $3 and plan_id = $4::bigint
