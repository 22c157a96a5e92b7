-- The portal of this name, when the history knows it.
select portal_id from portal where name = $1
