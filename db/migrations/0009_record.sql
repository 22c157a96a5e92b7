-- What the record proves, it must be able to compare: auditors see the columns that the events tell of.
-- And steps that no event tells of, because they were decided or called before there was a chain, are
-- taken up into it: an outcome that comes later must find its intent.

set local search_path = reconcile, pg_catalog;

create or replace view audit.run as
    select o.name as portal, r.run_id, r.verb, r.today, r.started_at, r.finished_at, r.exit_code,
           r.message, r.requests, r.blocked
    from run r join portal o using (portal_id);
comment on column audit.run.requests is 'HTTP requests it sent; NULL while finished_at is';
comment on column audit.run.blocked is 'answers 429 among them';

create or replace view audit.snapshot as
    select o.name as portal, s.portal_id, s.snapshot_id, s.run_id, r.today as day, s.taken_at,
           s.complete, s.accounts, s.active, s.inactive, s.gone, s.requests, s.thinned_at,
           s.unreadable, s.nameless, s.logins_read, s.digest
    from snapshot s
    join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
    join portal o on o.portal_id = s.portal_id;
comment on column audit.snapshot.unreadable is 'accounts with a status that could not be read';
comment on column audit.snapshot.nameless is 'accounts without a readable id: counted, not kept';
comment on column audit.snapshot.logins_read is 'last logins read one by one';
comment on column audit.snapshot.digest is 'SHA-256 of the whole content';

create or replace view audit.plan as
    select o.name as portal, p.plan_id, p.run_id, p.state, p.digest, p.created_at, p.expires_at,
           p.today, case when p.enforce then 'enforce' else 'report' end as mode, p.snapshot_id,
           p.roster_id, p.policy_digest, p.keep, p.suspend, p.deprovision, p.reactivate, p.waiting,
           p.findings, p.seats_now, p.seats_after, p.redacted_at, p.approvals_suspend,
           p.approvals_deprovision
    from plan p join portal o using (portal_id);
comment on column audit.plan.redacted_at is 'when names or rows were taken away; NULL: never';
comment on column audit.plan.approvals_suspend is 'different people a suspension of it needs';
comment on column audit.plan.approvals_deprovision is 'different people a deprovision of it needs';

create view audit.migration as
    select m.version, m.name, m.sha256, m.program_version, m.applied_at from migration m;
comment on view audit.migration is 'how the schema came to be, for all portals together';
comment on column audit.migration.version is 'ascending';
comment on column audit.migration.name is 'its file';
comment on column audit.migration.sha256 is 'of its text';
comment on column audit.migration.program_version is 'of the program that applied it';
comment on column audit.migration.applied_at is 'when';

-- What stands in a step now, as events: the call that was made, and its outcome so far.
do $$
declare
    s record;
    event reconcile.audit_event;
    head record;
    salt bytea;
    value text;
begin
    for s in
        select t.portal_id, t.plan_id, t.position, t.account_id, coalesce(t.run_id, 0) as run_id,
               k.kind, case k.kind when 'intent' then t.action else k.word end as word,
               case k.kind
                   when 'intent' then json_build_object('intent_us', us(t.intent_at),
                                                        'taken_up', true)
                   else json_strip_nulls(json_build_object(
                            'action', t.action, 'outcome_us', us(k.at),
                            'http_status', case when k.word <> 'verified' then t.http_status end,
                            'taken_up', true)) end as fact,
               case when k.is_last then t.reason end as reason
        from step t
        cross join lateral (
            values (1, 'intent', null, t.intent_at, t.state = 'intent'),
                   (2, 'outcome', case t.state when 'verified' then 'done' else t.state end,
                    t.outcome_at, t.state <> 'verified'),
                   (3, 'outcome', 'verified', t.verified_at, true)) k(place, kind, word, at, is_last)
        where k.at is not null
          and not exists (select from audit_event e
                          where e.portal_id = t.portal_id and e.plan_id = t.plan_id
                            and e.position = t.position and e.kind in ('intent', 'outcome'))
        order by t.portal_id, k.place, k.at, t.plan_id, t.position
    loop
        select * into head from audit_hold(s.portal_id);
        event := row(s.portal_id, head.sequence + 1, 1, clock_timestamp(), s.kind, s.run_id,
                     s.plan_id, s.position, s.account_id, s.word, s.fact, null, head.hash, null);
        if s.reason is not null then
            salt := uuid_send(gen_random_uuid());
            value := json_build_object('reason', s.reason)::text;
            event.sealed := sha256(salt || convert_to(value, 'UTF8'));
        end if;
        event.hash := audit_hash(event);
        insert into audit_event values (event.*);
        if s.reason is not null then
            insert into audit_private values (event.portal_id, event.sequence, salt, value);
        end if;
    end loop;
end $$;
