-- After much was added: an embedded server rarely runs long enough to gather figures by itself. Where
-- another portal does the same until it commits, its figures will do: nobody waits for them.
analyze (skip_locked) link_version
