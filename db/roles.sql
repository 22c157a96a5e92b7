-- Who may do what in a history on a server of your own. Run it once after `bynder-reconcile migrate`,
-- and again after each upgrade:
--
--     psql -d DATABASE -f roles.sql
--
-- as a superuser, or as the owner of the database who may create roles. It makes roles that nobody
-- logs in as; give them to your own:
--
--     create role job_user login password …;     grant reconcile_job to job_user;
--
--   reconcile_owner             owns schemas, tables, views: for `migrate`, and for nothing else
--   reconcile_job               plan, approve, apply, run; may add to the record, not change it
--   reconcile_auditor           the views of schema audit, without what is personal in them
--   reconcile_auditor_personal  all of the views, and audit.account_at
--   reconcile_eraser            `erase`: takes names away, adds no decision; a login that has
--                               reconcile_job as well does the retention of `run`
--
-- An embedded database needs none of this: there the job owns everything, and what keeps it honest is
-- the head of the chain outside (docs/history.md). `bynder-reconcile check` says when a connection has
-- more rights than it needs.

\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
begin;

do $$
declare
    role_name text;
    item record;
begin
    foreach role_name in array array['reconcile_owner', 'reconcile_job', 'reconcile_auditor',
                                     'reconcile_auditor_personal', 'reconcile_eraser'] loop
        if not exists (select 1 from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;

    -- Everything belongs to the owner.
    execute 'alter schema reconcile owner to reconcile_owner';
    execute 'alter schema audit owner to reconcile_owner';
    for item in
        select format('alter %s %s owner to reconcile_owner',
                      case c.relkind when 'v' then 'view' else 'table' end, c.oid::regclass) as sql
        from pg_class c
        where c.relnamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)
          and c.relkind in ('r', 'p', 'v')
        union all
        select format('alter function %s owner to reconcile_owner', p.oid::regprocedure)
        from pg_proc p
        where p.pronamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)
        union all
        select format('alter type %s owner to reconcile_owner', t.oid::regtype)
        from pg_type t
        left join pg_class c on c.oid = t.typrelid
        where t.typnamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)
          and (t.typtype = 'e' or c.relkind = 'c')
    loop
        execute item.sql;
    end loop;

    -- Start from nothing.
    foreach role_name in array array['public', 'reconcile_job', 'reconcile_auditor',
                                     'reconcile_auditor_personal', 'reconcile_eraser'] loop
        execute format('revoke all on all tables in schema reconcile, audit from %s', role_name);
        execute format('revoke all on all functions in schema reconcile, audit from %s', role_name);
        execute format('revoke all on schema reconcile, audit from %s', role_name);
    end loop;
end $$;

-- (What is granted to reconcile_job from here on, in statements of their own, is what `check` looks for.)
grant temporary on database :"DBNAME" to reconcile_job, reconcile_eraser;

-- Reading and the record, the same for job and eraser.
grant usage on schema reconcile to reconcile_job, reconcile_eraser;
grant usage on schema audit
    to reconcile_job, reconcile_auditor, reconcile_auditor_personal, reconcile_eraser;
grant select on all tables in schema reconcile to reconcile_job, reconcile_eraser;
grant select on all tables in schema audit
    to reconcile_job, reconcile_auditor_personal, reconcile_eraser;
grant insert on reconcile.audit_event, reconcile.audit_private, reconcile.audit_head
    to reconcile_job, reconcile_eraser;
-- To hold the end of a chain, whoever adds to it. Its triggers refuse every change.
grant update (portal_id) on reconcile.audit_head to reconcile_job, reconcile_eraser;
grant execute on function reconcile.us(timestamptz), reconcile.checked_us(timestamptz),
    reconcile.audit_hold(bigint), reconcile.audit_field(bytea), reconcile.audit_hash(reconcile.audit_event),
    reconcile.account_at(text, timestamptz)
    to reconcile_job, reconcile_eraser;
grant execute on function audit.plain(text), audit.is_odd(text), audit.savings_of(audit.savings_facts),
    audit.savings_span_of(audit.savings_facts), audit.profile_class_of(audit.savings_facts),
    audit.seats_room(audit.savings_facts, date, date, text[]),
    audit.seats_given(integer[], integer[], integer[], integer[], bigint[], integer, integer, integer)
    to reconcile_job, reconcile_auditor, reconcile_auditor_personal, reconcile_eraser;
grant execute on function reconcile.pace_take(bigint, bigint, text, bigint, double precision, bigint, bigint,
    bigint, double precision, double precision)
    to reconcile_job;
grant execute on function audit.account_at(text, timestamptz)
    to reconcile_job, reconcile_auditor_personal;

-- The job.
grant insert on
    reconcile.portal, reconcile.run, reconcile.snapshot, reconcile.account,
    reconcile.account_version, reconcile.login_past, reconcile.login_pending,
    reconcile.events_read, reconcile.activity, reconcile.activity_known,
    reconcile.activity_pending, reconcile.person_leave,
    reconcile.historical_year, reconcile.first_event,
    reconcile.profile_version, reconcile.roster, reconcile.person_version,
    reconcile.roster_rejected, reconcile.link_version, reconcile.plan, reconcile.plan_row,
    reconcile.plan_guard, reconcile.plan_note, reconcile.plan_idle, reconcile.plan_curve,
    reconcile.announcement, reconcile.approval, reconcile.approval_row, reconcile.guard_override, reconcile.handed_in,
    reconcile.ruling, reconcile.acknowledgement, reconcile.step, reconcile.act, reconcile.request_block, reconcile.request_silence, reconcile.notice_told,
    reconcile.notice_announced, reconcile.announcement_unreached,
    reconcile.seat_class_version, reconcile.profile_class_version, reconcile.plan_class,
    reconcile.plan_renewal,
    reconcile.seat_act, reconcile.seat_count, reconcile.plan_exposed
    to reconcile_job;
grant update on
    reconcile.portal, reconcile.run, reconcile.snapshot, reconcile.account,
    reconcile.account_version, reconcile.login_pending,
    reconcile.events_read, reconcile.activity_known, reconcile.activity_pending,
    reconcile.person_leave,
    reconcile.historical_year, reconcile.first_event,
    reconcile.profile_version, reconcile.roster, reconcile.person_version,
    reconcile.roster_rejected, reconcile.link_version, reconcile.plan, reconcile.announcement,
    reconcile.approval, reconcile.guard_override, reconcile.ruling, reconcile.acknowledgement,
    reconcile.step, reconcile.request_block, reconcile.request_silence, reconcile.notice_told,
    reconcile.announcement_unreached,
    reconcile.seat_class_version, reconcile.profile_class_version, reconcile.seat_act
    to reconcile_job;
grant delete on
    reconcile.approval_row, reconcile.login_pending, reconcile.activity_pending,
    reconcile.request_block,
    reconcile.notice_told, reconcile.notice_announced, reconcile.announcement_unreached
    to reconcile_job;

-- The eraser: takes away and blanks; adds nothing but its event.
grant update on
    reconcile.portal, reconcile.run, reconcile.snapshot, reconcile.account_version,
    reconcile.login_past, reconcile.activity, reconcile.activity_known,
    reconcile.profile_version, reconcile.person_version, reconcile.person_leave,
    reconcile.roster_rejected, reconcile.link_version, reconcile.plan, reconcile.plan_row,
    reconcile.plan_guard, reconcile.plan_note, reconcile.announcement, reconcile.approval,
    reconcile.approval_row, reconcile.guard_override, reconcile.handed_in, reconcile.ruling, reconcile.acknowledgement,
    reconcile.step, reconcile.stop, reconcile.notice_told
    to reconcile_eraser;
grant update (person_key) on reconcile.seat_act to reconcile_eraser;
grant update (bound, login_from, login_raw) on reconcile.account to reconcile_eraser;
grant delete on
    reconcile.login_past, reconcile.login_pending, reconcile.activity, reconcile.activity_pending,
    reconcile.first_event, reconcile.account_version, reconcile.link_version,
    reconcile.profile_version, reconcile.plan_row, reconcile.audit_private,
    reconcile.announcement_unreached
    to reconcile_eraser;

-- Auditors: every column of the views whose comment does not begin with (personal).
do $$
declare
    item record;
begin
    for item in
        select format('grant select (%s) on %s to reconcile_auditor',
                      string_agg(quote_ident(a.attname), ', ' order by a.attnum), c.oid::regclass)
                   as sql
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v'
          and coalesce(col_description(c.oid, a.attnum), '(personal)') not like '(personal)%'
        group by c.oid
    loop
        execute item.sql;
    end loop;
end $$;

commit;
