-- The values, for files outside of the database; and one pattern of them for texts in which they may
-- stand. A short number is no name in a sentence: '12 accounts' stays.
select value,
       (select '(?<![[:alnum:]])('
               || string_agg(regexp_replace(w.value, '([^[:alnum:]])', '\\\1', 'g'), '|'
                             order by length(w.value) desc)
               || ')(?![[:alnum:]])'
        from erasing_value w
        where length(w.value) > 2 and w.value !~ '^[0-9]{1,3}$') as pattern
from erasing_value
where not is_folded
order by value
