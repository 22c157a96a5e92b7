-- Somebody who decided keeps the decision, under a word that is nobody's name and is their own. The
-- rows of a partial approval follow by themselves.
update approval a set who = $2
where a.portal_id = $1::bigint and lower(a.who) in (select lower(value) from erasing_value)
