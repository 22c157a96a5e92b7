-- Every portal of the database.
select portal_id from portal order by name, portal_id
