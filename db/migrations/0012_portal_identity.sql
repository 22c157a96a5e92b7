-- Who the portal is (guard G14), and a record that went back (guard G15).
--
-- A history is its number; the name is what it is called today. `portal adopt --from` gives a history the
-- new name of its portal, with everything that is in it, and the chain goes on. What was written under
-- the new name before that is set aside under a name of its own: its chain stays as it is.

set local search_path = reconcile, pg_catalog;

alter table portal
    add column host text,
    add column own_id text,
    add column known_snapshot_id bigint,
    add column adopted_snapshot_id bigint,
    add column shares_host boolean not null default false,
    add column goes_on_in bigint,
    add column set_aside_at timestamptz;
comment on column portal.portal_id is 'first 60 bits of the SHA-256 of its first name';
comment on column portal.name is 'portal.name of the configuration; of one that was set aside, that name and when';
comment on column portal.host is 'host and port of portal.url, as of the last run that was sure of the portal (guard G14); NULL: not learned yet, its url tells';
comment on column portal.own_id is 'likewise: the account that the token acts as; NULL: not told, or to be learned anew';
comment on column portal.known_snapshot_id is 'likewise: its reading; fewer than half of those accounts are another portal, when the user is another as well';
comment on column portal.adopted_snapshot_id is 'the last reading before a person said which portal this is: those up to it may be of another one, and prove no account missing (K4); NULL: nobody had to';
comment on column portal.shares_host is 'a person said that this name goes on beside the other ones with this host';
comment on column portal.goes_on_in is 'of one that was set aside: the history that has its name now';
comment on column portal.set_aside_at is 'when; NULL: it was not';
create index portal_name on portal (name);
create index portal_host on portal (host);

alter table ruling
    drop constraint ruling_end_word_check,
    add constraint ruling_end_word_check
        check (end_word in ('done', 'refused', 'changed', 'kept', 'login', 'newer', 'withdrawn',
                            'expired', 'void'));
comment on column ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired, void (the record went back)';
comment on column audit.ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired, void (the record went back)';

create or replace view audit.portal as
    select p.name as portal, p.portal_id, p.url, p.first_seen, p.host, p.own_id, p.shares_host,
           p.goes_on_in, p.set_aside_at
    from portal p;
comment on column audit.portal.portal_id is 'its number: first 60 bits of the SHA-256 of its first name';
comment on column audit.portal.host is 'host and port, as of the last run that was sure of the portal';
comment on column audit.portal.own_id is 'likewise: the account that the token acts as';
comment on column audit.portal.shares_host is 'it goes on beside other names with this host';
comment on column audit.portal.goes_on_in is 'of one that was set aside: the number of the portal that has its name now';
comment on column audit.portal.set_aside_at is 'when';

comment on column plan_guard.guard is 'G1 to G15, policy';
comment on column audit.guard.guard is 'G1 to G15, policy (docs/decisions.md)';
comment on column audit.event.kind is 'what happened: portal, migration, run_begin, run_end, snapshot, roster, plan, guard, override, approval, rejection, ruling, ruling_end, acknowledgement, acknowledgement_end, announcement, announcement_end, intent, outcome, erasure, retention, identity, restore';

alter table plan add column portal_name text;
comment on column plan.portal_name is 'what the portal was called when it was made: its digest covers that; NULL: as it is now';
