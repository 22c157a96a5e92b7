-- Dead rows of what was read and is taken in. Where another portal does the same nobody waits, and a
-- login that does not own the tables leaves it to the server.
vacuum (skip_locked) login_pending, activity_pending
