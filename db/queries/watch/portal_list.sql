-- Every portal of the database.
select portal_id, name from portal order by name, portal_id
