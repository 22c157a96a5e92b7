-- And beside them what is personal about them.
copy audit_private (portal_id, sequence, salt, value) from stdin
