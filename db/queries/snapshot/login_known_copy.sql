-- Last logins of accounts seen for the first time.
copy login_known (portal_id, account_no, valid_from, kind, at, raw, source, seen_at, read_at)
from stdin (format binary)
