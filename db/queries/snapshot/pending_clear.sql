-- Dead rows of what was read and is taken in. Where another portal does the same nobody waits.
vacuum (skip_locked) login_pending, activity_pending
