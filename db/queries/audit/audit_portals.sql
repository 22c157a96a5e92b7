-- Every portal of the database: a migration is an event of each of their chains.
select portal_id from portal order by portal_id
