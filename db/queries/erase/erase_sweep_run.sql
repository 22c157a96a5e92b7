-- Errors of runs, in words.
update run set message = regexp_replace(message, $2, '(erased)', 'gi')
where portal_id = $1::bigint and message ~* $2
