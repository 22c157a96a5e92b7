-- Who does not own a table may not clear it, and the server warns of each.
select pg_has_role(c.relowner, 'usage') from pg_class c where c.oid = 'login_pending'::regclass
