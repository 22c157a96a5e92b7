-- Collecting at the limit: a history that stays small, and what consecutive runs share.
--
-- An account gets a number of its own within the portal, so that what changes often carries 4 bytes
-- and not 37. The versions, which come by the million, have no foreign keys: they are only ever
-- written by statements over whole sets that take the number from the account's row in the same
-- transaction, and a check per row would take longer than the row. Last logins change most often, so they are split: `login` is append-only and narrow
-- (nothing is ever updated there, so nothing has to be vacuumed), `login_known` holds the newest
-- one of each account. Times that runs share (requests sent, silence after a 429, login events read
-- so far) are rows, not memory.

set local search_path = reconcile, pg_catalog;

-- --- numbers of accounts --------------------------------------------------------------------------

alter table portal add column last_account_no integer not null default 0;
comment on column portal.last_account_no is 'last number given';

alter table account
    drop constraint account_portal_id_fkey,
    add column account_no integer,
    add column deactivated timestamptz;
update account a set account_no = n.account_no
from (select portal_id, account_id,
             row_number() over (partition by portal_id order by first_snapshot_id, account_id)
                 as account_no
      from account) n
where a.portal_id = n.portal_id and a.account_id = n.account_id;
alter table account
    alter column account_no set not null,
    add constraint account_numbered unique (portal_id, account_no);
update portal p set last_account_no = (select max(account_no) from account a
                                       where a.portal_id = p.portal_id)
where exists (select from account a where a.portal_id = p.portal_id);
comment on column account.account_no is 'ascending per portal: the narrow key of the versions';
comment on column account.deactivated is 'deactivation date of Bynder''s own export; NULL: not told';

-- --- versions under the narrow key ----------------------------------------------------------------

alter table person_version drop constraint person_version_portal_id_fkey;
alter table account_version rename to account_version_old;
alter table account_version_old rename constraint account_version_pkey to account_version_old_pkey;
alter index account_version_open rename to account_version_old_open;
create table account_version (
    portal_id bigint not null,
    account_no integer not null,
    valid_from integer not null,
    valid_to integer,
    groups_unreadable boolean not null,
    sso_only boolean not null,
    status text not null check (status in ('active', 'inactive', 'unreadable', 'gone')),
    username text,
    email text,
    email2 text,
    name text,
    employee_number text,
    profile_id text,
    country text,
    department text,
    groups jsonb not null,
    flaw text,
    digest bytea not null check (length(digest) = 32),
    primary key (portal_id, account_no, valid_from),
    check (valid_to > valid_from)
) with (fillfactor = 95);
insert into account_version
select v.portal_id, a.account_no, v.valid_from, v.valid_to, v.groups_unreadable, v.sso_only,
       v.status, v.username, v.email, v.email2, v.name, v.employee_number, v.profile_id, v.country,
       v.department, v.groups, v.flaw, v.digest
from account_version_old v join account a using (portal_id, account_id);
drop table account_version_old;
create unique index account_version_open on account_version (portal_id, account_no)
    where valid_to is null;
comment on table account_version is 'what the portal said of an account, one row per change';
comment on column account_version.portal_id is 'portal';
comment on column account_version.account_no is 'account';
comment on column account_version.valid_from is 'first snapshot that said so';
comment on column account_version.valid_to is 'first snapshot that said otherwise; NULL: still so';
comment on column account_version.status is 'gone: missing from the complete snapshot valid_from, the rest is as last seen';
comment on column account_version.username is 'as Bynder gave it; NULL: none; likewise below';
comment on column account_version.email is 'first address';
comment on column account_version.email2 is 'second address';
comment on column account_version.name is 'full name';
comment on column account_version.employee_number is 'as entered in Bynder';
comment on column account_version.profile_id is 'permission profile (profile_version)';
comment on column account_version.country is 'as entered in Bynder';
comment on column account_version.department is 'from the single read; kept while that is not made again';
comment on column account_version.groups is 'array of {id, name}, by id';
comment on column account_version.groups_unreadable is 'Bynder sent something that is no list of groups';
comment on column account_version.sso_only is 'may log in through the identity provider only';
comment on column account_version.flaw is 'what could not be read; NULL: nothing';
comment on column account_version.digest is 'SHA-256 of what Bynder said, department included: equal means unchanged';

alter table link_version rename to link_version_old;
alter table link_version_old rename constraint link_version_pkey to link_version_old_pkey;
alter index link_version_open rename to link_version_old_open;
create table link_version (
    portal_id bigint not null,
    account_no integer not null,
    valid_from integer not null,
    valid_to integer,
    since timestamptz not null,
    kind text not null check (kind in ('one', 'none', 'ambiguous', 'conflict')),
    matched_by text not null,
    person_key text,
    primary key (portal_id, account_no, valid_from),
    check (valid_to > valid_from),
    check ((kind = 'one') = (person_key is not null))
) with (fillfactor = 95);
insert into link_version
select v.portal_id, a.account_no, v.valid_from, v.valid_to, v.since, v.kind, v.matched_by,
       v.person_key
from link_version_old v join account a using (portal_id, account_id);
drop table link_version_old;
create unique index link_version_open on link_version (portal_id, account_no)
    where valid_to is null;
comment on table link_version is 'which person an account belonged to, one row per change';
comment on column link_version.portal_id is 'portal';
comment on column link_version.account_no is 'account';
comment on column link_version.valid_from is 'first snapshot matched so';
comment on column link_version.valid_to is 'first snapshot matched otherwise; NULL: still so';
comment on column link_version.kind is 'none: nobody in the roster (rule R6)';
comment on column link_version.matched_by is 'the key that matched';
comment on column link_version.person_key is 'person_version; only of kind one';
comment on column link_version.since is 'the time the first roster matched so speaks of (changed, or read)';

-- --- last logins ----------------------------------------------------------------------------------

create type login_kind as enum ('known', 'never', 'unreadable');
create type login_source as enum ('read', 'events', 'export', 'nowhere');

alter table login rename to login_old;
alter table login_old rename constraint login_pkey to login_old_pkey;
create table login (
    portal_id bigint not null,
    at timestamptz,
    seen_at timestamptz,
    account_no integer not null,
    valid_from integer not null,
    kind login_kind not null,
    source login_source not null,
    raw text,
    primary key (portal_id, account_no, valid_from),
    check ((kind = 'known') = (at is not null))
);
create table login_known (
    portal_id bigint not null,
    at timestamptz,
    seen_at timestamptz,
    read_at timestamptz,
    account_no integer not null,
    valid_from integer not null,
    kind login_kind not null,
    source login_source not null,
    raw text,
    primary key (portal_id, account_no),
    check ((kind = 'known') = (at is not null))
) with (fillfactor = 80);
insert into login (portal_id, at, seen_at, account_no, valid_from, kind, source, raw)
select l.portal_id, l.at, l.seen_at, a.account_no, l.valid_from, l.kind::login_kind,
       l.source::login_source, l.raw
from login_old l join account a using (portal_id, account_id)
order by l.valid_from, a.account_no;
insert into login_known (portal_id, at, seen_at, read_at, account_no, valid_from, kind, source, raw)
select l.portal_id, l.at, l.seen_at,
       coalesce(l.confirmed_at, case when l.source = 'read' then l.seen_at end),
       a.account_no, l.valid_from, l.kind::login_kind, l.source::login_source, l.raw
from login_old l join account a using (portal_id, account_id)
where l.valid_to is null;
drop table login_old;
comment on table login is 'last logins, one row per change, never updated: each holds until the next one of its account';
comment on column login.portal_id is 'portal';
comment on column login.account_no is 'account';
comment on column login.valid_from is 'first snapshot that knew it';
comment on column login.kind is 'never: Bynder gave no value; unreadable: one that could not be read';
comment on column login.at is 'the last login; only of kind known';
comment on column login.raw is 'the text as it came; only of kind unreadable';
comment on column login.source is 'who said it first: single read, login events, Bynder''s export';
comment on column login.seen_at is 'when the source said so first';
comment on table login_known is 'the newest last login of each account: the last row of login, and when it was last asked for';
comment on column login_known.portal_id is 'portal';
comment on column login_known.account_no is 'account';
comment on column login_known.valid_from is 'of its row in login';
comment on column login_known.kind is 'as in login; likewise below';
comment on column login_known.at is 'the last login';
comment on column login_known.raw is 'the text as it came';
comment on column login_known.source is 'who said it first';
comment on column login_known.seen_at is 'when the source said so first';
comment on column login_known.read_at is 'when a single read last answered, whatever it said; NULL: none did';

create table login_pending (
    portal_id bigint not null,
    at timestamptz,
    seen_at timestamptz not null,
    source login_source not null,
    kind login_kind,
    account_id text not null,
    raw text,
    department text,
    primary key (portal_id, account_id, source),
    check ((kind is not distinct from 'known') = (at is not null)),
    check (kind is not null or source = 'read')
) with (fillfactor = 80);
comment on table login_pending is 'last logins that were read and that no snapshot has taken yet: a run that is cut off loses none of them';
comment on column login_pending.portal_id is 'portal';
comment on column login_pending.account_id is 'Bynder''s id; may be nobody the portal lists';
comment on column login_pending.source is 'read, events or export: the newest of each';
comment on column login_pending.kind is 'as in login; NULL: a single read answered, and told nothing newer than what was known';
comment on column login_pending.at is 'the last login; likewise below';
comment on column login_pending.raw is 'the text as it came';
comment on column login_pending.seen_at is 'when the source said so';
comment on column login_pending.department is 'what the single read said of it';

create table login_events (
    portal_id bigint not null references portal,
    complete_to timestamptz,
    newest_at timestamptz,
    window_from timestamptz,
    window_to timestamptz,
    cursor text,
    pages bigint not null default 0,
    primary key (portal_id),
    check ((window_from is null) = (window_to is null)),
    check (cursor is null or window_to is not null)
);
comment on table login_events is 'how far the login events of a portal were read';
comment on column login_events.portal_id is 'portal';
comment on column login_events.complete_to is 'everything the portal told up to here is stored; NULL: nothing yet';
comment on column login_events.newest_at is 'time of the newest event ever seen (guard G5)';
comment on column login_events.window_from is 'the reading under way begins here; NULL: none is under way';
comment on column login_events.window_to is 'and ends here';
comment on column login_events.cursor is 'its next page; NULL: the first one';
comment on column login_events.pages is 'pages of it that are stored';

-- --- what a snapshot rests on, what a run cost ----------------------------------------------------

alter table snapshot
    add column logins_by text not null default 'each' check (logins_by in ('events', 'each')),
    add column events bigint not null default 0,
    add column logins_note text;
alter table snapshot alter column logins_by drop default, alter column events drop default;
comment on column snapshot.logins_by is 'events: login events cleared whom they could; each: single reads and history alone';
comment on column snapshot.events is 'login events read';
comment on column snapshot.logins_note is 'why events were not used or not read to their end; NULL: nothing to say';

alter table run
    add column requests bigint,
    add column blocked integer;
comment on column run.requests is 'HTTP requests it sent to the portal; NULL while it runs, or cut off';
comment on column run.blocked is 'answers 429 among them';

create table request_block (
    portal_id bigint not null,
    run_id bigint not null,
    block_no integer not null,
    requests integer not null check (requests > 0),
    granted_at timestamptz not null,
    last_at timestamptz not null,
    address_group text not null,
    primary key (portal_id, run_id, block_no),
    foreign key (portal_id, run_id) references run
);
create index request_block_recent on request_block (address_group, last_at);
comment on table request_block is 'requests that runs allowed themselves, so that consecutive and concurrent runs keep one limit together';
comment on column request_block.portal_id is 'portal';
comment on column request_block.run_id is 'the run that sends them';
comment on column request_block.block_no is 'from 1';
comment on column request_block.requests is 'how many';
comment on column request_block.granted_at is 'by the database''s clock: none was sent earlier';
comment on column request_block.last_at is 'none was or will be sent later';
comment on column request_block.address_group is 'Bynder counts per public address: portal.address_group of the configuration';

create table request_silence (
    portal_id bigint not null references portal,
    address_group text not null,
    until timestamptz not null,
    primary key (portal_id, address_group)
);
comment on table request_silence is 'after a 429 nobody behind the address may send anything';
comment on column request_silence.portal_id is 'the portal that answered 429';
comment on column request_silence.address_group is 'as in request_block';
comment on column request_silence.until is 'by the database''s clock';
