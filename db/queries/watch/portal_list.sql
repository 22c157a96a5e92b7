-- Every portal of the database; what was set aside for another name runs no more.
select portal_id from portal where set_aside_at is null order by name, portal_id
