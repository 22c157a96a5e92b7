-- That a file was taken stays, with its digest; whose it was, how it was called, and a key that is theirs
-- go.
update handed_in h
set name = regexp_replace(h.name, $2, '(erased)', 'gi'),
    who = case when lower(h.who) in (select lower(value) from erasing_value) then $3 else h.who end,
    key = case when lower(h.who) not in (select lower(value) from erasing_value) then h.key end,
    signature = case when lower(h.who) not in (select lower(value) from erasing_value)
                     then h.signature end
where h.portal_id = $1::bigint
  and (lower(h.who) in (select lower(value) from erasing_value) or h.name ~* $2)
