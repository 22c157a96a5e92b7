-- Less to keep for what is seen for the first time, and views that ask no more than they show.

set local search_path = reconcile, pg_catalog;

-- --- last logins ----------------------------------------------------------------------------------

-- The newest of an account stands in login_known alone, where it stood besides; what it replaced goes to
-- login_past, and login is both.
-- One statement to the server, which has them one by one: where a history is spread, what is altered is
-- altered by sending on the text that it came with, and the other servers take no more than one at a time.
do $$
declare
    theirs text[];
    texts text[];
    kept text;
begin
    -- Views of somebody else's go on looking at all last logins.
    select string_agg(v.oid::regclass::text, ', ') filter (where v.relkind <> 'v'),
           array_agg(v.oid::regclass::text) filter (where v.relkind = 'v'),
           array_agg(coalesce('with (' || array_to_string(v.reloptions, ', ') || ') ', '') || 'as '
                     || pg_get_viewdef(v.oid)) filter (where v.relkind = 'v')
        into kept, theirs, texts
    from (select distinct w.ev_class as oid
          from pg_depend d join pg_rewrite w on w.oid = d.objid
          where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
            and d.refobjid = 'login'::regclass) o
    join pg_class v on v.oid = o.oid
    join pg_namespace n on n.oid = v.relnamespace
    where n.nspname not in ('reconcile', 'audit', 'audit_open');
    if kept is not null then
        raise exception 'what is kept of reconcile.login would miss the newest last logins from now on: %', kept
            using hint = 'drop it, migrate, and make it again: login is a view then, and the same';
    end if;
    -- Where the history is spread distribute.sql makes it again; until then it is missing, not wrong.
    drop view if exists audit_open.login_history;
    -- Both said the same. Should somebody have taken a row away, the other tells it.
    insert into login_known as k (portal_id, account_no, valid_from, kind, at, raw, source, seen_at)
    select distinct on (portal_id, account_no) portal_id, account_no, valid_from, kind, at, raw, source,
           seen_at
    from login
    order by portal_id, account_no, valid_from desc
    on conflict (portal_id, account_no) do update
    set (valid_from, kind, at, raw, source, seen_at) =
        (excluded.valid_from, excluded.kind, excluded.at, excluded.raw, excluded.source, excluded.seen_at)
    where k.valid_from < excluded.valid_from;
    alter table login rename to login_past;
    delete from login_past p using login_known k
    where k.portal_id = p.portal_id and k.account_no = p.account_no and k.valid_from = p.valid_from;
    comment on table login_past is 'last logins that another one replaced, never updated';
    comment on table login_known is 'the newest last login of each account, and when it was last asked for';
    comment on column login_known.valid_from is 'first snapshot that knew it';
    create view login as
        select portal_id, account_no, valid_from, kind, at, raw, source, seen_at from login_past
        union all
        select portal_id, account_no, valid_from, kind, at, raw, source, seen_at from login_known;
    comment on view login is 'last logins, one row per change: each holds until the next one of its account';
    comment on column login.portal_id is 'portal';
    comment on column login.account_no is 'account';
    comment on column login.valid_from is 'first snapshot that knew it';
    comment on column login.kind is 'never: Bynder gave no value; unreadable: one that could not be read';
    comment on column login.at is 'the last login; only of kind known';
    comment on column login.raw is 'the text as it came; only of kind unreadable';
    comment on column login.source is 'who said it first: single read, login events, Bynder''s export';
    comment on column login.seen_at is 'when the source said so first';
    create or replace view audit.login_history as
        select o.name as portal, l.portal_id, a.account_id, l.account_no,
               l.valid_from as from_snapshot, f.taken_at as since, l.kind::text as kind, l.at,
               l.source::text as source, l.seen_at
        from (select portal_id, account_no, valid_from, kind, at, source, seen_at from login_past
              union all
              select portal_id, account_no, valid_from, kind, at, source, seen_at from login_known) l
        join account a on a.portal_id = l.portal_id and a.account_no = l.account_no
        join portal o on o.portal_id = l.portal_id
        join snapshot f on f.portal_id = l.portal_id and f.snapshot_id = l.valid_from;
    for i in 1 .. coalesce(cardinality(theirs), 0) loop
        execute format('create or replace view %s %s', theirs[i], texts[i]);
    end loop;
end $$;

-- The portal as it was known at a moment: most last logins are the newest, and only where that was not
-- known yet is an earlier one looked for.
do $$
declare
    old record;
    new text;
begin
    for old in
        select p.oid::regprocedure as name, pg_get_functiondef(p.oid) as body from pg_proc p
        where p.oid in ('audit.account_at(text, timestamptz)'::regprocedure,
                        'reconcile.account_at(text, timestamptz)'::regprocedure)
    loop
        new := regexp_replace(
            old.body,
            'left join lateral \(\s+select w\.kind, w\.at, w\.source, w\.seen_at\s+from reconcile\.login w'
            '\s+where w\.portal_id = (\S+) and w\.account_no = v\.account_no\s+and w\.valid_from <= (.+?)'
            '\s+order by w\.valid_from desc limit 1\) l on true',
            E'left join reconcile.login_known n on n.portal_id = \\1 and n.account_no = v.account_no\n'
            '    left join lateral (\n'
            '        select w.kind, w.at, w.source, w.seen_at from reconcile.login_past w\n'
            '        where w.portal_id = \\1 and w.account_no = v.account_no and w.valid_from <= \\2\n'
            '          and n.valid_from > \\2\n'
            '        order by w.valid_from desc limit 1) b on true\n'
            '    cross join lateral (\n'
            '        select case when n.valid_from <= \\2 then n.kind else b.kind end as kind,\n'
            '               case when n.valid_from <= \\2 then n.at else b.at end as at,\n'
            '               case when n.valid_from <= \\2 then n.source else b.source end as source,\n'
            '               case when n.valid_from <= \\2 then n.seen_at else b.seen_at end as seen_at) l');
        if strpos(new, 'login_past') = 0 then
            raise exception '% is not the one that 0008 and 0022 made', old.name;
        end if;
        execute new;
    end loop;
end $$;

-- --- the name of a portal -------------------------------------------------------------------------

-- Of large tables the name is looked up only where it is asked for: joined from the left it can be left
-- out, and processors share what is left.
do $$
declare
    view record;
begin
    for view in
        select c.oid::regclass as name, pg_get_viewdef(c.oid) as text
        from pg_class c
        where c.oid in ('audit.act'::regclass, 'audit.plan_row'::regclass, 'audit.step'::regclass)
    loop
        execute format('create or replace view %s as %s', view.name,
                       replace(view.text, E'\n     JOIN portal o ', E'\n     LEFT JOIN portal o '));
    end loop;
end $$;
