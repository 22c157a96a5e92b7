-- Their versions.
copy account_version (portal_id, account_no, valid_from, status, username, email, email2, name,
                      employee_number, profile_id, country, department, groups, groups_unreadable,
                      sso_only, flaw, digest)
from stdin (format binary)
