-- A kind of activity that falls silent alone: the days on which it told any say whether that is usual.

set local search_path = reconcile, pg_catalog;

alter table events_read add column told date[];
comment on column events_read.told is 'the days (UTC) that it told events of, within 400 days of the newest of them; NULL: none';

-- Until now an event that could not be read moved this mark of logins, of which single reads tell as
-- well; and where a history began before there was one, it stood at that upgrade.
update events_read set covered_from = null
where kind = 'logins' and covered_from > complete_to - interval '300 days';
