-- Who stopped everything, and why.
update stop
set who = regexp_replace(who, $2, '(erased)', 'gi'),
    reason = regexp_replace(reason, $2, '(erased)', 'gi')
where portal_id = $1::bigint and (who ~* $2 or reason ~* $2)
