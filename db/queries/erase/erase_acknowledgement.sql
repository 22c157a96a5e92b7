-- Who let a guard go, and in which words.
update acknowledgement a
set who = case when lower(a.who) in (select lower(value) from erasing_value) then $3 else a.who end,
    reason = regexp_replace(a.reason, $2, '(erased)', 'gi'),
    cause = regexp_replace(a.cause, $2, '(erased)', 'gi'),
    end_reason = regexp_replace(a.end_reason, $2, '(erased)', 'gi')
where a.portal_id = $1::bigint
  and (lower(a.who) in (select lower(value) from erasing_value)
       or a.reason ~* $2 or a.cause ~* $2 or a.end_reason ~* $2)
