-- And as the snapshot does.
update snapshot
set incomplete_reason = regexp_replace(incomplete_reason, $2, '(erased)', 'gi'),
    logins_note = regexp_replace(logins_note, $2, '(erased)', 'gi')
where portal_id = $1::bigint and (incomplete_reason ~* $2 or logins_note ~* $2)
