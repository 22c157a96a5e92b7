-- Reasons of rejections.
update approval set reason = regexp_replace(reason, $2, '(erased)', 'gi')
where portal_id = $1::bigint and reason ~* $2
