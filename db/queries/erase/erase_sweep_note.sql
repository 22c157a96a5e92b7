-- Findings about the policy name who is protected.
update plan_note set sentence = regexp_replace(sentence, $2, '(erased)', 'gi')
where portal_id = $1::bigint and sentence ~* $2
