-- Accounts seen for the first time, with their last logins; the foreign keys of what is stored beside them
-- need them.
copy account (portal_id, account_id, account_no, first_snapshot_id, first_seen, ever_active,
              missing_at, profile_id, profile_since, login_from, login_kind, login_at, login_raw,
              login_source, login_seen_at, login_read_at)
from stdin (format binary)
