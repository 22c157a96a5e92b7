-- Somebody who decided keeps the decision, under a word that is nobody's name and is their own. The
-- rows of a partial approval follow by themselves.
update approval a set who = w.word
from (select 'erased:' || left(replace(gen_random_uuid()::text, '-', ''), 16) as word) w
where a.portal_id = $1::bigint and lower(a.who) in (select lower(value) from erasing_value)
