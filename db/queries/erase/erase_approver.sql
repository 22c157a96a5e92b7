-- Somebody who decided keeps the decision, under a word that is nobody's name and is their own; the rows
-- of a partial approval in the same statement, before which and after which they are found by their key.
with renamed as (
    update approval_row r set who = $2
    where r.portal_id = $1::bigint and r.who = any ($3::text[]))
update approval a set who = $2
where a.portal_id = $1::bigint and a.who = any ($3::text[])
