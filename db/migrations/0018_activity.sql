-- What people do besides logging in: read in bulk like login events, one reading per kind; how long a
-- profile has been what it is; and who was on leave.

set local search_path = reconcile, pg_catalog;

-- --- how far events are read ----------------------------------------------------------------------

create type event_kind as enum ('logins', 'views', 'downloads', 'creations', 'archivals', 'removals',
                                'searches', 'collection_views');

alter table login_events rename to events_read;
alter table events_read
    add column kind event_kind not null default 'logins',
    add column covered_from timestamptz,
    add column torn boolean not null default false,
    add column version smallint not null default 0,
    add column whole_version smallint not null default 0,
    add column host text;
alter table events_read alter column kind drop default;
update events_read e set host = p.host from portal p where p.portal_id = e.portal_id;
alter table events_read drop constraint login_events_pkey;
alter table events_read add constraint events_read_pkey primary key (portal_id, kind);
comment on table events_read is 'how far the events of a portal were read, by kind';
comment on column events_read.kind is 'what they are of';
comment on column events_read.covered_from is 'everything the portal told from here to complete_to is stored; NULL: nothing yet, or not told (logins)';
comment on column events_read.torn is 'in the window under way was something that nobody could read';
comment on column events_read.version is 'of the endpoint that the cursor is of: 0 the newer one';
comment on column events_read.whole_version is 'of the endpoint that told everything up to complete_to';
comment on column events_read.host is 'of the portal that told them; NULL: it has to be told anew';
comment on column events_read.newest_at is 'time of the newest event ever seen (of logins: guard G5)';

-- --- the newest activity of an account ------------------------------------------------------------

create table activity (
    portal_id bigint not null,
    at timestamptz not null,
    seen_at timestamptz not null,
    account_no integer not null,
    valid_from integer not null,
    kind event_kind not null,
    primary key (portal_id, account_no, valid_from)
);
comment on table activity is 'the newest activity that is no login, one row per change, never updated: each holds until the next one of its account';
comment on column activity.portal_id is 'portal';
comment on column activity.account_no is 'account';
comment on column activity.valid_from is 'first snapshot that knew it';
comment on column activity.at is 'when it was';
comment on column activity.kind is 'what it was';
comment on column activity.seen_at is 'when the portal said so';

create table activity_known (
    portal_id bigint not null,
    at timestamptz not null,
    seen_at timestamptz not null,
    account_no integer not null,
    valid_from integer not null,
    kind event_kind not null,
    primary key (portal_id, account_no)
) with (fillfactor = 80);
comment on table activity_known is 'the newest activity of each account: the last row of activity';
comment on column activity_known.portal_id is 'portal';
comment on column activity_known.account_no is 'account';
comment on column activity_known.valid_from is 'of its row in activity';
comment on column activity_known.at is 'as in activity; likewise below';
comment on column activity_known.kind is 'what it was';
comment on column activity_known.seen_at is 'when the portal said so';

create table activity_pending (
    portal_id bigint not null,
    at timestamptz not null,
    seen_at timestamptz not null,
    kind event_kind not null,
    account_id text not null,
    primary key (portal_id, account_id)
) with (fillfactor = 80);
comment on table activity_pending is 'the newest activity that was read and that no snapshot has taken yet: a run that is cut off loses none of it';
comment on column activity_pending.portal_id is 'portal';
comment on column activity_pending.account_id is 'Bynder''s id; may be nobody the portal lists';
comment on column activity_pending.at is 'when it was';
comment on column activity_pending.kind is 'what it was';
comment on column activity_pending.seen_at is 'when the portal said so';

alter table snapshot
    add column activity_since timestamptz,
    add column activity_note text;
comment on column snapshot.activity_since is 'of every kind that was asked, all activity from here to the snapshot was told; NULL: not asked, or of some kind something is missing';
comment on column snapshot.activity_note is 'what is missing of it, and what lets that go; NULL: nothing';

-- --- facts of an account --------------------------------------------------------------------------

alter table account
    add column profile_id text,
    add column profile_since timestamptz,
    add column profile_other_at timestamptz;
comment on column account.profile_id is 'permission profile that profile_since is of';
comment on column account.profile_since is 'first snapshot of the unbroken ones that show it with this profile';
comment on column account.profile_other_at is 'newest time at which it was still another one; NULL: it never was, as far as is known';

-- Of readings that were: from where the profile is unbroken in what is left of the versions, and not
-- from before the newest reading that was thinned out.
with version as (
    select v.portal_id, v.account_no, v.valid_from, v.profile_id, v.valid_to is null as is_open,
           first_value(v.profile_id) over (partition by v.portal_id, v.account_no
                                           order by v.valid_from desc) as present
    from account_version v),
other as (
    select portal_id, account_no, max(valid_from) as valid_from
    from version
    where profile_id is distinct from present
    group by portal_id, account_no),
run_of as (
    select v.portal_id, v.account_no, v.present, min(v.valid_from) as valid_from,
           max(o.valid_from) as other_from
    from version v
    left join other o on o.portal_id = v.portal_id and o.account_no = v.account_no
    where o.valid_from is null or v.valid_from > o.valid_from
    group by v.portal_id, v.account_no, v.present),
thinned as (
    select portal_id, max(taken_at) as taken_at
    from snapshot
    where thinned_at is not null
    group by portal_id)
update account a
set profile_id = r.present,
    profile_since = greatest(s.taken_at, t.taken_at),
    profile_other_at = case when r.other_from is not null
                            then (select max(b.taken_at) from snapshot b
                                  where b.portal_id = r.portal_id and b.complete
                                    and b.snapshot_id >= r.other_from
                                    and b.snapshot_id < r.valid_from) end
from run_of r
join snapshot s on s.portal_id = r.portal_id and s.snapshot_id = r.valid_from
left join thinned t on t.portal_id = r.portal_id
where a.portal_id = r.portal_id and a.account_no = r.account_no;

-- --- leaves ---------------------------------------------------------------------------------------

create table person_leave (
    portal_id bigint not null references portal,
    seen_at timestamptz not null,
    since timestamptz not null,
    back_at timestamptz,
    person_key text not null,
    primary key (portal_id, person_key, since)
);
comment on table person_leave is 'who was on leave, as the rosters said it, one row per leave';
comment on column person_leave.portal_id is 'portal';
comment on column person_leave.person_key is 'as in person_version';
comment on column person_leave.since is 'the first roster that said so was of this time';
comment on column person_leave.seen_at is 'the last one';
comment on column person_leave.back_at is 'the first one after it that has them back; NULL: none yet';

-- Of rosters that were: versions that follow each other, whatever else they say, are one leave. Who
-- was left out of a roster is not back.
with reading as (
    select portal_id, roster_id, least(read_at, modified_at) as as_of from roster),
away as (
    select portal_id, person_key, ordinal, valid_from,
           coalesce(valid_to, bigint '9223372036854775807') as valid_to
    from person_version
    where word = 'on_leave' and rejected is null),
following as (
    select portal_id, person_key, ordinal, valid_from, valid_to,
           max(valid_to) over (partition by portal_id, person_key order by valid_from, ordinal
                               rows between unbounded preceding and 1 preceding) as before
    from away),
numbered as (
    select portal_id, person_key, valid_from, valid_to,
           count(*) filter (where before is null or valid_from > before)
               over (partition by portal_id, person_key order by valid_from, ordinal) as leave_no
    from following),
leave as (
    select portal_id, person_key, min(valid_from) as valid_from, max(valid_to) as valid_to
    from numbered
    group by portal_id, person_key, leave_no),
seen as (
    select l.portal_id, l.person_key, l.valid_to, min(r.as_of) as since, max(r.as_of) as seen_at
    from leave l
    join reading r on r.portal_id = l.portal_id and r.roster_id >= l.valid_from
        and r.roster_id < l.valid_to
    group by l.portal_id, l.person_key, l.valid_from, l.valid_to)
insert into person_leave (portal_id, person_key, since, seen_at, back_at)
select s.portal_id, s.person_key, s.since, s.seen_at,
       (select greatest(s.seen_at, r.as_of)
        from person_version v
        join reading r on r.portal_id = v.portal_id
            and r.roster_id = greatest(v.valid_from, s.valid_to)
        where v.portal_id = s.portal_id and v.person_key = s.person_key
          and v.word not in ('on_leave', 'unknown') and v.rejected is null
          and (v.valid_to is null or v.valid_to > s.valid_to)
        order by r.roster_id limit 1)
from seen s
on conflict do nothing;

-- --- what a plan and a decision rest on -----------------------------------------------------------

alter table plan_row
    add column last_activity timestamptz,
    add column last_activity_kind text,
    add column asks_activity boolean not null default false;
alter table plan_row alter column asks_activity drop default;
comment on column plan_row.last_activity is 'newest known activity that is no login; NULL: none';
comment on column plan_row.last_activity_kind is 'what it was: views, downloads, and so on';
comment on column plan_row.asks_activity is 'the rule looks at activity: one ends its approvals';

alter table ruling add column asks_activity boolean not null default false;
comment on column ruling.asks_activity is 'the rule looks at activity: one after snapshot_at ends it';

-- --- views ----------------------------------------------------------------------------------------

create view audit.activity_history as
    select o.name as portal, a.portal_id, a.account_id, l.account_no, l.valid_from as from_snapshot,
           s.taken_at as since, l.kind::text as kind, l.at, l.seen_at
    from activity l
    join account a on a.portal_id = l.portal_id and a.account_no = l.account_no
    join snapshot s on s.portal_id = l.portal_id and s.snapshot_id = l.valid_from
    join portal o on o.portal_id = l.portal_id;
comment on view audit.activity_history is 'newest activity; each holds until the next one of its account';
comment on column audit.activity_history.portal is 'portal';
comment on column audit.activity_history.portal_id is 'its number';
comment on column audit.activity_history.account_id is 'Bynder''s id';
comment on column audit.activity_history.account_no is 'a short number for the same, within the portal';
comment on column audit.activity_history.from_snapshot is 'first snapshot that knew it';
comment on column audit.activity_history.since is 'when that was taken';
comment on column audit.activity_history.kind is 'views, downloads, creations, archivals, removals, searches, collection_views';
comment on column audit.activity_history.at is 'when it was';
comment on column audit.activity_history.seen_at is 'when the portal said so';

create or replace view audit.plan_row as
    select o.name as portal, r.plan_id, r.position, r.action, r.finding, r.account_id, r.username,
           r.email, r.name, r.employee_number, r.rule, r.reason, r.decision_row, r.not_before,
           r.account, r.person, r.matched_by, r.last_login, r.last_login_source, r.idle_days,
           r.profile, r.roles, r.department, r.held_by, r.portal_id, r.subject, r.approvals,
           r.used_after_departure, r.matched_number, r.matched_name, r.matched_email, r.matched_row,
           r.telling, r.from_profile, r.from_profile_id, r.to_profile, r.to_profile_id,
           r.gained_roles, r.class, r.last_activity, r.last_activity_kind
    from plan_row r join portal o on o.portal_id = r.portal_id;
comment on column audit.plan_row.last_activity is 'newest known activity that is no login';
comment on column audit.plan_row.last_activity_kind is 'what it was: views, downloads, and so on';

create or replace view audit.ruling as
    select o.name as portal, r.portal_id, r.ruling_id, r.kind as decision, r.account_id, r.who, r.at,
           r.plan_id, r.position, r.subject, r.about, r.action, r.rule, r.rule_text, r.address,
           r.asks_login, r.snapshot_at, r.not_before, r.until, r.reason, r.person_departed,
           r.also_departed, r.spread, r.nightly, r.expected_on, r.at_once, r.overrides,
           r.could_act_at, r.ended_at, r.end_word, r.end_reason, r.ended_by, r.handed_in_id,
           r.asks_activity
    from ruling r join portal o on o.portal_id = r.portal_id;
comment on column audit.ruling.asks_activity is 'the rule looks at activity';
