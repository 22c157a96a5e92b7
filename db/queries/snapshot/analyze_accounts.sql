-- After much was added: an embedded server rarely runs long enough to gather figures by itself. Where
-- another portal does the same until it commits, its figures will do: nobody waits for them.
analyze (skip_locked) account, account_version, login, login_known, activity, activity_known
