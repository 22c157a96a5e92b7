-- A kind of activity that falls silent alone: the days on which it told any say whether that is usual.

set local search_path = reconcile, pg_catalog;

alter table events_read add column told date[];
comment on column events_read.told is 'the days (UTC) that it told events of, within 400 days of the newest of them; NULL: none';
