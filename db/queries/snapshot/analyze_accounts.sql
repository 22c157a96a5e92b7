-- After much was added: an embedded server rarely runs long enough to gather figures by itself. Of the
-- columns that rows are found by; of versions all, and what their indexes are made of. Where another
-- portal does the same until it commits, its figures will do: nobody waits for them.
analyze (skip_locked) account (portal_id, account_id, account_no), account_version, login_past (portal_id, account_no, valid_from),
    activity (portal_id, account_no, valid_from),
    activity_known (portal_id, account_no)
