-- What was told last, where its key is an error in words.
update notice_told set key = regexp_replace(key, $2, '(erased)', 'gi')
where portal_id = $1::bigint and key ~* $2
