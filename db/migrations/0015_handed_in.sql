-- Files of decisions that were handed in, each taken once, and by what it is known whose word they are.

set local search_path = reconcile, pg_catalog;

alter table portal add column last_handed_in_id bigint not null default 0;
comment on column portal.last_handed_in_id is 'last number given to a file of decisions';

create table handed_in (
    portal_id bigint not null references portal,
    handed_in_id bigint not null,
    content bytea not null check (length(content) = 32),
    name text not null,
    who text not null,
    at timestamptz not null,
    key text,
    signature text,
    primary key (portal_id, handed_in_id),
    check ((key is null) = (signature is null))
);
create index handed_in_content on handed_in (portal_id, content);
comment on table handed_in is 'a file of decisions that was taken whole from review.inbox, or was signed; none is taken twice as the same word';
comment on column handed_in.portal_id is 'portal';
comment on column handed_in.handed_in_id is 'ascending per portal';
comment on column handed_in.content is 'SHA-256 of the file';
comment on column handed_in.name is 'what it was called';
comment on column handed_in.who is 'whose word it is: the owner of the file, or who signed it';
comment on column handed_in.at is 'when it was taken';
comment on column handed_in.key is 'fingerprint of the key that signed it; NULL: its owner''s word, or erased';
comment on column handed_in.signature is 'as it was given (ssh-keygen -Y sign), for the namespace bynder-reconcile@decisions';

alter table ruling
    add column handed_in_id bigint,
    add foreign key (portal_id, handed_in_id) references handed_in;
comment on column ruling.handed_in_id is 'the file it stood in; NULL: said at a terminal, in an unsigned file of which some row was refused, or before this was kept';

create view audit.handed_in as
    select o.name as portal, h.portal_id, h.handed_in_id, h.content, h.name, h.who, h.at, h.key,
           h.signature
    from handed_in h join portal o on o.portal_id = h.portal_id;
comment on view audit.handed_in is 'files of decisions that were taken, whose they were, and who signed them';
comment on column audit.handed_in.portal is 'portal';
comment on column audit.handed_in.portal_id is 'its number';
comment on column audit.handed_in.handed_in_id is 'ascending per portal';
comment on column audit.handed_in.content is 'SHA-256 of the file';
comment on column audit.handed_in.name is '(personal) what it was called';
comment on column audit.handed_in.who is '(personal) the owner of the file, or who signed it';
comment on column audit.handed_in.at is 'when it was taken';
comment on column audit.handed_in.key is '(personal) fingerprint of the key that signed it; NULL: its owner''s word, or erased';
comment on column audit.handed_in.signature is '(personal) the signature';

create or replace view audit.ruling as
    select o.name as portal, r.portal_id, r.ruling_id, r.kind as decision, r.account_id, r.who, r.at,
           r.plan_id, r.position, r.subject, r.about, r.action, r.rule, r.rule_text, r.address,
           r.asks_login, r.snapshot_at, r.not_before, r.until, r.reason, r.person_departed,
           r.also_departed, r.spread, r.nightly, r.expected_on, r.at_once, r.overrides,
           r.could_act_at, r.ended_at, r.end_word, r.end_reason, r.ended_by, r.handed_in_id
    from ruling r join portal o on o.portal_id = r.portal_id;
comment on column audit.ruling.handed_in_id is 'the file it stood in; NULL: said at a terminal, or in an unsigned file of which some row was refused';

comment on column audit.event.kind is 'what happened: portal, migration, run_begin, run_end, snapshot, roster, plan, guard, override, approval, rejection, handed_in, ruling, ruling_end, acknowledgement, acknowledgement_end, announcement, announcement_end, intent, outcome, erasure, retention, identity, restore';
