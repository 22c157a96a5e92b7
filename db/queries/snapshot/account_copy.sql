-- Accounts seen for the first time; the foreign keys of what is stored beside them need them.
copy account (portal_id, account_id, account_no, first_snapshot_id, first_seen, ever_active,
              missing_at, profile_id, profile_since)
from stdin (format binary)
