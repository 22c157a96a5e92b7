-- The same as the newest of each.
copy login_known (portal_id, account_no, valid_from, kind, at, raw, source, seen_at, read_at)
from stdin (format binary)
