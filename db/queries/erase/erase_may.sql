-- Values beside the chain are what only an eraser may take away.
select has_table_privilege('audit_private', 'delete')
