-- What guards found.
update plan_guard
set limit_text = regexp_replace(limit_text, $2, '(erased)', 'gi'),
    actual = regexp_replace(actual, $2, '(erased)', 'gi'),
    sentence = regexp_replace(sentence, $2, '(erased)', 'gi')
where portal_id = $1::bigint and (limit_text ~* $2 or actual ~* $2 or sentence ~* $2)
