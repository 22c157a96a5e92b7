-- After much was added: an embedded server rarely runs long enough to gather figures by itself. Where
-- another portal does the same just now, its figures will do: nobody waits for them.
analyze (skip_locked) person_version
