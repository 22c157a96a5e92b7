-- Decisions that last: what people decide is about a row, not about a night.
--
-- A ruling is a record of its own. It names the subject it is about, and every later plan carries it
-- until something ends it: the row becomes another one, the account is kept for certain, the act is
-- done, a person decides anew, or its time is over. The approvals of whole plans that were there
-- before lived for 72 hours; they stay as history (approval, approval_row, guard_override), and
-- nothing is done on them any more.

set local search_path = reconcile, pg_catalog;

alter table portal
    add column last_ruling_id bigint not null default 0,
    add column last_acknowledgement_id bigint not null default 0,
    add column last_announcement_id bigint not null default 0,
    add column states_whole_from timestamptz;
comment on column portal.last_ruling_id is 'last number given to a ruling';
comment on column portal.last_acknowledgement_id is 'last number given to an acknowledgement';
comment on column portal.last_announcement_id is 'last number given to an announcement';
comment on column portal.states_whole_from is 'before it readings were thinned out while no fact was kept of who became active: unknown; NULL: nothing is missing';

create table ruling (
    portal_id bigint not null references portal,
    ruling_id bigint not null,
    kind text not null check (kind in ('approve', 'keep', 'reject', 'again')),
    account_id text not null,
    who text not null,
    at timestamptz not null,
    plan_id bigint,
    position bigint,
    subject bytea check (length(subject) = 32),
    about text,
    action text check (action in ('suspend', 'deprovision', 'reactivate')),
    rule text,
    rule_text bytea check (length(rule_text) = 32),
    address text,
    asks_login boolean not null default false,
    snapshot_at timestamptz,
    not_before date,
    until date,
    reason text,
    person_departed boolean not null default false,
    also_departed boolean not null default false,
    spread boolean not null default false,
    nightly integer check (nightly > 0),
    expected_on date,
    at_once boolean not null default false,
    overrides text[] not null default '{}',
    could_act_at timestamptz,
    ended_at timestamptz,
    end_word text check (end_word in ('done', 'refused', 'changed', 'kept', 'login', 'newer',
                                      'withdrawn', 'expired')),
    end_reason text,
    ended_by text,
    primary key (portal_id, ruling_id),
    foreign key (portal_id, account_id) references account,
    foreign key (portal_id, plan_id, position) references plan_row,
    check ((ended_at is null) = (end_word is null)),
    check (kind = 'approve' or reason is not null),
    check (kind not in ('approve', 'reject') or (action is not null and rule is not null)),
    check (kind <> 'approve' or (plan_id is not null and subject is not null
                                 and snapshot_at is not null)),
    check (kind = 'approve' or until is not null)
);
create index ruling_standing on ruling (portal_id, account_id) where ended_at is null;
create index ruling_rejected on ruling (portal_id, account_id) where kind = 'reject';
create index ruling_of_rule on ruling (portal_id, rule_text) where kind = 'approve';
comment on table ruling is 'what a person decided about a row of a plan, or about an account; stands until ended_at';
comment on column ruling.portal_id is 'portal';
comment on column ruling.ruling_id is 'ascending per portal';
comment on column ruling.kind is 'approve: may be done; keep: kept until a day; reject: this row is not done until a day; again: the rules apply again (R8)';
comment on column ruling.account_id is 'Bynder''s id';
comment on column ruling.who is 'user of the operating system';
comment on column ruling.at is 'when';
comment on column ruling.plan_id is 'the plan the person saw; NULL: decided by name';
comment on column ruling.position is 'its row';
comment on column ruling.subject is 'approve: SHA-256 of what the row was about; counts for no other';
comment on column ruling.about is 'the same in words, as a JSON object; NULL: erased';
comment on column ruling.action is 'approve, reject: what the row was to do';
comment on column ruling.rule is 'likewise: name of the rule; empty: a re-hire';
comment on column ruling.rule_text is 'likewise: SHA-256 of what the rule asks and does';
comment on column ruling.address is 'approve: address of the portal then (guard G11)';
comment on column ruling.asks_login is 'the rule looks at the last login: one after snapshot_at ends it';
comment on column ruling.snapshot_at is 'approve: when the reading of that plan was taken';
comment on column ruling.not_before is 'approve: the day the act was due, as it stood then; NULL: at once';
comment on column ruling.until is 'keep, reject, again: up to and including that day';
comment on column ruling.reason is 'why';
comment on column ruling.person_departed is 'keep: made while the person was departed';
comment on column ruling.also_departed is 'keep: covers a departure that comes later';
comment on column ruling.spread is 'approve: done when a day has room left';
comment on column ruling.nightly is 'of a spread one: at most so many a night; NULL: the limit alone';
comment on column ruling.expected_on is 'of a spread one: the night that was printed';
comment on column ruling.at_once is 'approve: a reactivation before the 180 days are over';
comment on column ruling.overrides is 'approve: guards of amount that neither count nor hold it';
comment on column ruling.could_act_at is 'approve: the first night that could have done it; its time counts from here';
comment on column ruling.ended_at is 'NULL: it stands';
comment on column ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired';
comment on column ruling.end_reason is 'a sentence';
comment on column ruling.ended_by is 'the person who ended it; NULL: a run';

-- A guard of evidence that a person let go (G1 to G6, G13 to G15, policy). It lasts.
create table acknowledgement (
    portal_id bigint not null references portal,
    acknowledgement_id bigint not null,
    guard text not null,
    plan_id bigint not null,
    who text not null,
    at timestamptz not null,
    reason text not null check (reason <> ''),
    cause text not null,
    measure bigint,
    ended_at timestamptz,
    end_reason text,
    primary key (portal_id, acknowledgement_id),
    foreign key (portal_id, plan_id) references plan,
    check ((ended_at is null) = (end_reason is null))
);
create unique index acknowledgement_standing on acknowledgement (portal_id, guard)
    where ended_at is null;
comment on table acknowledgement is 'a person let a guard of evidence go; ends when the guard passes, finds worse, or after 7 days';
comment on column acknowledgement.portal_id is 'portal';
comment on column acknowledgement.acknowledgement_id is 'ascending per portal';
comment on column acknowledgement.guard is 'G1 to G6, G13 and so on';
comment on column acknowledgement.plan_id is 'the plan that it held';
comment on column acknowledgement.who is 'user of the operating system';
comment on column acknowledgement.at is 'when';
comment on column acknowledgement.reason is 'why';
comment on column acknowledgement.cause is 'what was accepted: the content of a roster, or what the guard found';
comment on column acknowledgement.measure is 'how bad it was; worse than this holds again; NULL: cannot be compared';
comment on column acknowledgement.ended_at is 'NULL: it stands';
comment on column acknowledgement.end_reason is 'a sentence';

alter table plan_guard
    add column cause text,
    add column measure bigint not null default -1,
    add column acknowledgement_id bigint not null default 0;
comment on column plan_guard.guard is 'G1 to G13, policy';
comment on column plan_guard.cause is 'what a person accepts who lets it go; NULL: it does not hold, or nobody can';
comment on column plan_guard.measure is 'how bad that is, more is worse; negative: cannot be compared';
comment on column plan_guard.acknowledgement_id is 'it would hold, and this let it go; 0: nobody did';

-- An announcement is a fact with its own number, instant and day (R7). What was announced before has the
-- first moment of its day; it is not in the chain.
alter table announcement
    add column announcement_id bigint,
    add column position bigint,
    add column announced_at timestamptz,
    add column not_before date,
    add column ended_reason text;
update announcement a set announcement_id = n.number,
                          announced_at = a.announced_on::timestamp at time zone 'UTC'
from (select portal_id, account_id, rule, plan_id,
             row_number() over (partition by portal_id
                                order by plan_id, account_id collate "C", rule collate "C") as number
      from announcement) n
where a.portal_id = n.portal_id and a.account_id = n.account_id and a.rule = n.rule
  and a.plan_id = n.plan_id;
update portal p set last_announcement_id = (select max(announcement_id) from announcement a
                                            where a.portal_id = p.portal_id)
where exists (select 1 from announcement a where a.portal_id = p.portal_id);
alter table notice_announced add column announcement_id bigint;
update notice_announced n set announcement_id = a.announcement_id
from announcement a
where a.portal_id = n.portal_id and a.account_id = n.account_id and a.rule = n.rule
  and a.plan_id = n.plan_id;
alter table notice_announced
    drop constraint notice_announced_portal_id_account_id_rule_plan_id_fkey,
    drop constraint notice_announced_pkey,
    drop column rule,
    drop column plan_id,
    alter column announcement_id set not null;
alter table announcement
    drop constraint announcement_pkey,
    alter column plan_id drop not null,
    alter column announcement_id set not null,
    alter column announced_at set not null,
    add primary key (portal_id, announcement_id);
alter table notice_announced
    add primary key (portal_id, announcement_id),
    add foreign key (portal_id, announcement_id) references announcement;
alter table announcement add column told boolean not null default false;
update announcement a set told = true
where exists (select 1 from notice_announced n
              where n.portal_id = a.portal_id and n.announcement_id = a.announcement_id);
create index announcement_account on announcement (portal_id, account_id);
comment on column announcement.told is 'the person concerned knows: a mail server took the mail, or no mail reaches them and a person approved the row';
comment on column announcement.announcement_id is 'ascending per portal';
comment on column announcement.plan_id is 'the plan whose row it is; NULL: carried over from another name of the portal';
comment on column announcement.position is 'that row; NULL: announced before rows were kept';
comment on column announcement.announced_on is 'the civil day of announced_at';
comment on column announcement.announced_at is 'when; a login after it starts anew where the rule asks the login';
comment on column announcement.not_before is 'the day told; a later grace_days never shortens it; NULL: announced before days were kept';
comment on column announcement.ended_on is 'NULL: it stands';
comment on column announcement.ended_reason is 'why it ended; NULL: not told, or it stands';
comment on column notice_announced.announcement_id is 'the announcement';

-- Where people are told, grace counts from the mail. Who cannot be reached waits for a person's word.
create table announcement_unreached (
    portal_id bigint not null references portal,
    account_id text not null,
    rule text not null,
    address text not null,
    at timestamptz not null,
    why text not null,
    primary key (portal_id, account_id, rule),
    foreign key (portal_id, account_id) references account
);
comment on table announcement_unreached is 'people who were to be told of a rule''s announcement and whom no mail reaches; made before the mail is sent, so that none goes twice, and gone when it was taken';
comment on column announcement_unreached.portal_id is 'portal';
comment on column announcement_unreached.account_id is 'Bynder''s id';
comment on column announcement_unreached.rule is 'name of the rule';
comment on column announcement_unreached.address is 'where the mail was to go';
comment on column announcement_unreached.at is 'when it was tried';
comment on column announcement_unreached.why is 'a phrase';

alter table plan
    add column version integer not null default 1,
    add column policy_text bytea check (length(policy_text) = 32);
comment on column plan.policy_text is 'SHA-256 of what the rules ask and do, and whom the policy protects (guard policy); NULL: a plan of before';
comment on column plan.version is 'of the form of its digest: 2 covers the subjects of its rows';
alter table plan alter column version drop default;
alter table plan_row
    add column subject bytea check (length(subject) = 32),
    add column matched_number text,
    add column matched_name text,
    add column matched_email text,
    add column matched_row integer,
    add column about json,
    add column rule_text bytea check (length(rule_text) = 32),
    add column asks_login boolean not null default false,
    add column of_login boolean not null default false,
    add column used_after_departure boolean not null default false,
    add column approvals integer,
    add column telling text check (telling in ('mail', 'approval', 'unreachable'));
comment on column plan_row.telling is 'its grace counts from a mail and has not begun: the mail goes with the run, after an approval, or reaches nobody; NULL: not so';
comment on column plan_row.subject is 'SHA-256 of what a decision about this row is about; NULL: a plan of before';
comment on column plan_row.matched_number is 'of the matched person, as the roster has it; likewise below';
comment on column plan_row.matched_name is 'full name';
comment on column plan_row.matched_email is 'address';
comment on column plan_row.matched_row is 'row of the roster';
comment on column plan_row.about is 'what a decision about this row is about, in words; NULL: erased, or a plan of before';
comment on column plan_row.rule_text is 'SHA-256 of what the rule asks and does; NULL: a plan of before';
comment on column plan_row.asks_login is 'the rule looks at the last login';
comment on column plan_row.of_login is 'the rule acts because of the login: any keep covers it';
comment on column plan_row.used_after_departure is 'somebody used the account after the person''s last day';
comment on column plan_row.approvals is 'people this row needs; NULL: as the plan says of its action';
alter table plan_row
    alter column used_after_departure drop default,
    alter column asks_login drop default,
    alter column of_login drop default;

-- Which ruling a step was carried out on.
alter table step add column spread boolean not null default false;
comment on column step.spread is 'its approval was spread or overrode its limit: it does not count in the window';
-- A call that Bynder accepted does not fail by a reading of the old state.
alter table step add column accepted_at timestamptz;
update step set accepted_at = outcome_at where state = 'unknown' and http_status in (202, 204);
comment on column step.accepted_at is 'Bynder said that it will be done; NULL: it did not, or nobody knows';
alter table act add column uncounted boolean not null default false;
comment on column act.uncounted is 'spread or overridden: does not count in the rolling window';

-- Rules that people approved a row of before rulings had their text (guard G11). Only the name is known.
create table approved_rule (
    portal_id bigint not null references portal,
    rule text not null,
    address text not null,
    primary key (portal_id, rule, address)
);
insert into approved_rule (portal_id, rule, address)
select distinct r.portal_id, r.rule, o.url
from approval a
join plan_row r on r.portal_id = a.portal_id and r.plan_id = a.plan_id
join portal o on o.portal_id = a.portal_id
where a.kind = 'approve' and r.action <> 'keep' and r.rule <> ''
  and (a.all_rows
       or exists (select 1 from approval_row n
                  where n.portal_id = a.portal_id and n.plan_id = a.plan_id and n.who = a.who
                    and n.account_id = r.account_id));
comment on table approved_rule is 'rules of which a row was approved before decisions named the text of their rule; filled once';
comment on column approved_rule.portal_id is 'portal';
comment on column approved_rule.rule is 'name of the rule';
comment on column approved_rule.address is 'address of the portal as of the last run before';

-- --- facts of an account's whole life that thinning never changes ---------------------------------

alter table account
    add column became_active_at timestamptz,
    add column reactivated_at timestamptz;
update account a set became_active_at = s.taken_at
from (select portal_id, account_no, max(valid_from) as snapshot_id
      from (select portal_id, account_no, valid_from, status,
                   lag(status) over (partition by portal_id, account_no order by valid_from)
                       as before
            from account_version
            where status in ('active', 'inactive')) v
      where status = 'active' and before = 'inactive'
      group by portal_id, account_no) b
join snapshot s on s.portal_id = b.portal_id and s.snapshot_id = b.snapshot_id
where a.portal_id = b.portal_id and a.account_no = b.account_no;
update account a set reactivated_at = r.taken_at
from (select d.portal_id, d.account_id, min(s.taken_at) as taken_at
      from (select distinct on (portal_id, account_id) portal_id, account_id, done_at
            from act
            where action = 'suspend'
            order by portal_id, account_id, done_at desc, act_id desc) d
      join account n on n.portal_id = d.portal_id and n.account_id = d.account_id
      join account_version v on v.portal_id = n.portal_id and v.account_no = n.account_no
          and v.status = 'active'
      join snapshot s on s.portal_id = v.portal_id and s.snapshot_id >= v.valid_from
          and (v.valid_to is null or s.snapshot_id < v.valid_to)
      where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
      group by d.portal_id, d.account_id) r
where a.portal_id = r.portal_id and a.account_id = r.account_id;
update portal p set states_whole_from = (select max(taken_at) from snapshot s
                                         where s.portal_id = p.portal_id
                                           and s.thinned_at is not null);
comment on column account.became_active_at is 'the newest reading that showed it with a seat after one that showed it without (rules R4, R5); NULL: none did';
comment on column account.reactivated_at is 'the first reading after our newest suspension then that showed it with a seat (rule R8); NULL: none did';

alter table account
    add column once_linked boolean not null default false,
    add column missing_at timestamptz,
    add column bound text[] not null default '{}';
update account a set once_linked = true
where exists (select from link_version v
              where v.portal_id = a.portal_id and v.account_no = a.account_no and v.kind = 'one');
update account a set missing_at = s.taken_at
from (select n.portal_id, n.first_snapshot_id, max(s.taken_at) as taken_at
      from (select distinct portal_id, first_snapshot_id from account) n
      join snapshot s on s.portal_id = n.portal_id and s.complete
          and s.snapshot_id < n.first_snapshot_id
      group by n.portal_id, n.first_snapshot_id) s
where a.portal_id = s.portal_id and a.first_snapshot_id = s.first_snapshot_id;
comment on column account.once_linked is 'it led to a person at least once (rule R6)';
comment on column account.missing_at is 'the newest complete reading before the first that showed it (K4); NULL: there was none';
comment on column account.bound is 'protected entries that once fitted it, folded (row P3)';

-- --- what people are told ------------------------------------------------------------------------

alter table notice_told
    drop constraint notice_told_kind_check,
    add constraint notice_told_kind_check
        check (kind in ('approval', 'expiring', 'held', 'steps', 'failed', 'cut_off'));
comment on column notice_told.kind is 'rows wait for people, decisions are about to end, a guard holds, steps failed or are unknown, the run failed, a run was cut off';
comment on table notice_told is 'reasons that were told; a row goes when its reason does, that people are waited for a week later at the soonest';

-- --- many events at once --------------------------------------------------------------------------

-- One check a statement: a thousand decisions are a thousand events, and a head that is changed for each
-- of them leaves as many dead rows for the next to walk over.
drop trigger audit_check on audit_event;
create or replace function audit_check() returns trigger
    language plpgsql security definer set search_path = pg_catalog, reconcile, pg_temp
as $$
declare
    head reconcile.audit_head;
    wrong bigint;
    portal bigint;
begin
    for portal in select distinct f.portal_id from fresh f loop
        select * into head from reconcile.audit_head h where h.portal_id = portal for update;
        select min(c.sequence) into wrong
        from (select f.sequence,
                     f.sequence = head.sequence + row_number() over w
                     and f.previous = lag(f.hash, 1, head.hash) over w
                     and f.hash = reconcile.audit_hash(
                         row(f.portal_id, f.sequence, f.version, f.at, f.kind, f.run_id, f.plan_id,
                             f.position, f.account_id, f.word, f.fact, f.sealed, f.previous,
                             f.hash)::reconcile.audit_event) as fits
              from fresh f
              where f.portal_id = portal
              window w as (order by f.sequence)) c
        where c.fits is distinct from true;
        if wrong is not null then
            raise exception 'event % does not follow the end of the chain, or its hash is wrong',
                wrong using errcode = 'integrity_constraint_violation';
        end if;
        update reconcile.audit_head h
        set sequence = e.sequence, hash = e.hash, count = h.count + e.sequence - h.sequence
        from (select f.sequence, f.hash from fresh f
              where f.portal_id = portal order by f.sequence desc limit 1) e
        where h.portal_id = portal;
    end loop;
    return null;
end $$;
create trigger audit_check after insert on audit_event
    referencing new table as fresh for each statement execute function audit_check();
alter table audit_event enable always trigger audit_check;

-- --- what auditors see ----------------------------------------------------------------------------

create view audit.ruling as
    select o.name as portal, r.portal_id, r.ruling_id, r.kind as decision, r.account_id, r.who, r.at,
           r.plan_id, r.position, r.subject, r.about, r.action, r.rule, r.rule_text, r.address,
           r.asks_login, r.snapshot_at, r.not_before, r.until, r.reason, r.person_departed,
           r.also_departed, r.spread, r.nightly, r.expected_on, r.at_once, r.overrides,
           r.could_act_at, r.ended_at, r.end_word, r.end_reason, r.ended_by
    from ruling r join portal o on o.portal_id = r.portal_id;
comment on view audit.ruling is 'what people decided about rows and accounts, and what became of each decision';
comment on column audit.ruling.portal is 'portal';
comment on column audit.ruling.portal_id is 'its number';
comment on column audit.ruling.ruling_id is 'ascending per portal';
comment on column audit.ruling.decision is 'approve, keep, reject, again';
comment on column audit.ruling.account_id is 'Bynder''s id';
comment on column audit.ruling.who is '(personal) user of the operating system';
comment on column audit.ruling.at is 'when';
comment on column audit.ruling.plan_id is 'the plan the person saw; NULL: decided by name';
comment on column audit.ruling.position is 'its row';
comment on column audit.ruling.subject is 'SHA-256 of what the row was about';
comment on column audit.ruling.about is '(personal) the same in words; NULL: erased';
comment on column audit.ruling.action is 'what the row was to do';
comment on column audit.ruling.rule is 'name of the rule';
comment on column audit.ruling.rule_text is 'SHA-256 of what the rule asks and does';
comment on column audit.ruling.address is 'address of the portal then';
comment on column audit.ruling.asks_login is 'the rule looks at the last login';
comment on column audit.ruling.snapshot_at is 'when the reading of that plan was taken';
comment on column audit.ruling.not_before is 'the day the act was due, as it stood then';
comment on column audit.ruling.until is 'keep, reject, again: up to and including that day';
comment on column audit.ruling.reason is '(personal) why';
comment on column audit.ruling.person_departed is 'keep: made while the person was departed';
comment on column audit.ruling.also_departed is 'keep: covers a departure that comes later';
comment on column audit.ruling.spread is 'done when a day has room left';
comment on column audit.ruling.nightly is 'of a spread one: at most so many a night';
comment on column audit.ruling.expected_on is 'the night that was printed';
comment on column audit.ruling.at_once is 'a reactivation before the 180 days are over';
comment on column audit.ruling.overrides is 'guards of amount that neither count nor hold it';
comment on column audit.ruling.could_act_at is 'the first night that could have done it';
comment on column audit.ruling.ended_at is 'NULL: it stands';
comment on column audit.ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired';
comment on column audit.ruling.end_reason is '(personal) a sentence';
comment on column audit.ruling.ended_by is '(personal) the person who ended it; NULL: a run';

create view audit.acknowledgement as
    select o.name as portal, a.portal_id, a.acknowledgement_id, a.guard, a.plan_id, a.who, a.at,
           a.reason, a.cause, a.measure, a.ended_at, a.end_reason
    from acknowledgement a join portal o on o.portal_id = a.portal_id;
comment on view audit.acknowledgement is 'who let which guard of evidence go, and until when';
comment on column audit.acknowledgement.portal is 'portal';
comment on column audit.acknowledgement.portal_id is 'its number';
comment on column audit.acknowledgement.acknowledgement_id is 'ascending per portal';
comment on column audit.acknowledgement.guard is 'the guard';
comment on column audit.acknowledgement.plan_id is 'the plan that it held';
comment on column audit.acknowledgement.who is '(personal) user of the operating system';
comment on column audit.acknowledgement.at is 'when';
comment on column audit.acknowledgement.reason is '(personal) why';
comment on column audit.acknowledgement.cause is '(personal) what was accepted';
comment on column audit.acknowledgement.measure is 'how bad it was';
comment on column audit.acknowledgement.ended_at is 'NULL: it stands';
comment on column audit.acknowledgement.end_reason is '(personal) a sentence';

create or replace view audit.guard as
    select o.name as portal, g.plan_id, g.position, g.guard, g.hold, g.limit_text as limit_is,
           g.actual, g.sentence, g.portal_id, g.cause, g.measure, g.acknowledgement_id
    from plan_guard g join portal o using (portal_id);
comment on column audit.guard.guard is 'G1 to G13, policy (docs/decisions.md)';
comment on column audit.guard.portal_id is 'its number';
comment on column audit.guard.cause is '(personal) what a person accepts who lets it go; NULL: it does not hold, or nobody can';
comment on column audit.guard.measure is 'how bad that is; negative: cannot be compared';
comment on column audit.guard.acknowledgement_id is 'it would hold, and this let it go; 0: nobody did';

create or replace view audit.announcement as
    select o.name as portal, n.portal_id, n.account_id, n.rule, n.plan_id, n.announced_on,
           n.login_at, n.mode, n.ended_on, n.announcement_id, n.position, n.announced_at,
           n.not_before, n.ended_reason, n.told
    from announcement n join portal o on o.portal_id = n.portal_id;
comment on column audit.announcement.announced_on is 'the civil day of announced_at';
comment on column audit.announcement.ended_on is 'NULL: it stands';
comment on column audit.announcement.announcement_id is 'ascending per portal';
comment on column audit.announcement.position is 'row of the plan';
comment on column audit.announcement.announced_at is 'when; of those before the program kept it, the first moment of the day';
comment on column audit.announcement.not_before is 'the day that was told';
comment on column audit.announcement.ended_reason is '(personal) why it ended';
comment on column audit.announcement.told is 'the person concerned knows, or a person vouched for it';

create or replace view audit.plan_row as
    select o.name as portal, r.plan_id, r.position, r.action, r.finding, r.account_id, r.username,
           r.email, r.name, r.employee_number, r.rule, r.reason, r.decision_row, r.not_before,
           r.account, r.person, r.matched_by, r.last_login, r.last_login_source, r.idle_days,
           r.profile, r.roles, r.department, r.held_by, r.portal_id, r.subject, r.approvals,
           r.used_after_departure, r.matched_number, r.matched_name, r.matched_email, r.matched_row,
           r.telling
    from plan_row r join portal o on o.portal_id = r.portal_id;
comment on column audit.plan_row.portal_id is 'its number';
comment on column audit.plan_row.subject is 'SHA-256 of what a decision about this row is about';
comment on column audit.plan_row.approvals is 'different people this row needs; NULL: as the plan says of its action';
comment on column audit.plan_row.used_after_departure is 'somebody used the account after the person''s last day';
comment on column audit.plan_row.matched_number is '(personal) of the matched person, as the roster has it; likewise below';
comment on column audit.plan_row.matched_name is '(personal) full name';
comment on column audit.plan_row.matched_email is '(personal) address';
comment on column audit.plan_row.matched_row is '(personal) row of the roster';
comment on column audit.plan_row.telling is 'its grace has not begun: by mail, after an approval, or nobody can be reached';

create or replace view audit.step as
    select o.name as portal, s.plan_id, s.position, s.account_id, s.action, s.state, s.reason,
           s.run_id, s.intent_at, s.outcome_at, s.verified_at, s.http_status, s.portal_id, s.spread,
           s.accepted_at
    from step s join portal o on o.portal_id = s.portal_id;
comment on column audit.step.portal_id is 'its number';
comment on column audit.step.spread is 'its approval was spread or overrode its limit: it does not count in the window';
comment on column audit.step.accepted_at is 'Bynder said that it will be done';

create or replace view audit.act as
    select o.name as portal, a.act_id, a.account_id, a.action, a.done_at, a.plan_id, a.rule,
           a.person_status, a.portal_id, a.uncounted
    from act a join portal o on o.portal_id = a.portal_id;
comment on column audit.act.portal_id is 'its number';
comment on column audit.act.uncounted is 'spread or overridden: does not count in the rolling window';

comment on column audit.event.kind is 'what happened: portal, migration, run_begin, run_end, snapshot, roster, plan, guard, override, approval, rejection, ruling, ruling_end, acknowledgement, acknowledgement_end, announcement, announcement_end, intent, outcome, erasure, retention';
