-- The history as if it had been made a day earlier: what the program said and when, not when people
-- logged in. The chain of events and the pace's requests stay as they are.
\set ON_ERROR_STOP on
set search_path = reconcile, pg_catalog;
begin;
update run set today = today - 1, started_at = started_at - interval '1 day',
               finished_at = finished_at - interval '1 day';
update snapshot set taken_at = taken_at - interval '1 day';
update roster set read_at = read_at - interval '1 day', modified_at = modified_at - interval '1 day';
update account set first_seen = first_seen - interval '1 day', login_seen_at = login_seen_at - interval '1 day',
    login_read_at = login_read_at - interval '1 day';
update link_version set since = since - interval '1 day';
update login_past set seen_at = seen_at - interval '1 day';
update activity set seen_at = seen_at - interval '1 day';
update activity_known set seen_at = seen_at - interval '1 day';
update events_read set complete_to = complete_to - interval '1 day';
update plan set today = today - 1, created_at = created_at - interval '1 day',
                expires_at = expires_at - interval '1 day',
                snapshot_taken_at = snapshot_taken_at - interval '1 day',
                roster_read_at = roster_read_at - interval '1 day';
update announcement set announced_on = announced_on - 1;
commit;
-- A day's autovacuum, too.
vacuum analyze account, link_version, login_past, activity, activity_known;
