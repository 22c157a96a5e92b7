-- The newest last login of an account stands in the account's own row: one row less to keep, to find and to
-- join for each, where it had a table and a key of its own.

set local search_path = reconcile, pg_catalog;

-- One statement to the server, which has them one by one: where a history is spread, what is altered is
-- altered by sending on the text that it came with, and the other servers take no more than one at a time.
do $$
declare
    theirs text;
    options text[];
    old record;
    new text;
begin
    if to_regclass('reconcile.login_known') is null then
        return; -- it was here before
    end if;
    lock table login_known, account in access exclusive mode;
    select string_agg(distinct pg_describe_object(d.classid, coalesce(w.ev_class, d.objid), d.objsubid), ', ')
        into theirs
    from (select case when d.classid = 'pg_rewrite'::regclass then 'pg_class'::regclass else d.classid end
                     as classid, d.classid as own, d.objid, d.objsubid
          from pg_depend d
          where d.refclassid = 'pg_class'::regclass and d.refobjid = 'login_known'::regclass
            and d.deptype = 'n'
            and d.objid not in (select oid from pg_constraint where conrelid = 'login_known'::regclass)) d
    left join pg_rewrite w on d.own = 'pg_rewrite'::regclass and w.oid = d.objid
    where w.ev_class is null
       or w.ev_class::regclass::text not in ('login', 'reconcile.login', 'audit.login_history',
                                             'audit_open.login_history');
    if theirs is not null then
        raise exception 'reconcile.login_known goes, and this looks at it: %', theirs
            using hint = 'drop it, migrate, and make it again of reconcile.login or audit.login_history';
    end if;
    alter table account add column if not exists login_at timestamptz;
    alter table account add column if not exists login_seen_at timestamptz;
    alter table account add column if not exists login_read_at timestamptz;
    alter table account add column if not exists login_from integer;
    alter table account add column if not exists login_kind login_kind;
    alter table account add column if not exists login_source login_source;
    alter table account add column if not exists login_raw text;
    -- Room for what changes most, so that no index hears of it.
    alter table account set (fillfactor = 80);
    update account a
    set login_at = k.at, login_seen_at = k.seen_at, login_read_at = k.read_at, login_from = k.valid_from,
        login_kind = k.kind, login_source = k.source, login_raw = k.raw
    from login_known k
    where k.portal_id = a.portal_id and k.account_no = a.account_no;
    -- Of an account that is gone altogether, which nobody but a hand can have made: it is told as before.
    insert into login_past (portal_id, account_no, valid_from, kind, at, raw, source, seen_at)
    select k.portal_id, k.account_no, k.valid_from, k.kind, k.at, k.raw, k.source, k.seen_at
    from login_known k
    left join account a on a.portal_id = k.portal_id and a.account_no = k.account_no
    where a.account_no is null
    on conflict do nothing;
    alter table account drop constraint if exists account_login_check;
    alter table account add constraint account_login_check
        check ((login_kind is not distinct from 'known') = (login_at is not null)
               and (login_kind is null) = (login_source is null)
               and (login_kind is null) = (login_from is null));
    comment on column account.login_at is 'its newest last login; only of kind known';
    comment on column account.login_seen_at is 'when the source said so first';
    comment on column account.login_read_at is 'when a single read last answered, whatever it said; NULL: none did';
    comment on column account.login_from is 'first snapshot that knew it';
    comment on column account.login_kind is 'as in login; NULL: nothing is known';
    comment on column account.login_source is 'who said it first';
    comment on column account.login_raw is 'the text as it came; only of kind unreadable';

    -- A condition inside one of the two would hide its index from who looks for an account.
    select array_agg(format('alter view %s set (%s)', oid::regclass, array_to_string(reloptions, ', ')))
        into options
    from pg_class
    where oid in ('reconcile.login'::regclass, 'audit.login_history'::regclass) and reloptions is not null;
    create or replace view login as
        select portal_id, account_no, valid_from, kind, at, raw, source, seen_at
        from (select portal_id, account_no, valid_from, kind, at, raw, source, seen_at from login_past
              union all
              select portal_id, account_no, login_from, login_kind, login_at, login_raw, login_source,
                     login_seen_at
              from account) l
        where kind is not null;
    -- Where the history is spread distribute.sql makes it again; until then it is missing, not wrong.
    drop view if exists audit_open.login_history;
    create or replace view audit.login_history as
        select o.name as portal, l.portal_id, a.account_id, l.account_no,
               l.valid_from as from_snapshot, f.taken_at as since, l.kind::text as kind, l.at,
               l.source::text as source, l.seen_at
        from (select portal_id, account_no, valid_from, kind, at, source, seen_at from login_past
              union all
              select portal_id, account_no, login_from, login_kind, login_at, login_source, login_seen_at
              from account) l
        join account a on a.portal_id = l.portal_id and a.account_no = l.account_no
        join portal o on o.portal_id = l.portal_id
        join snapshot f on f.portal_id = l.portal_id and f.snapshot_id = l.valid_from
        where l.kind is not null;
    for i in 1 .. coalesce(cardinality(options), 0) loop
        execute options[i];
    end loop;
    -- The portal as it was known at a moment.
    for old in
        select p.oid::regprocedure as name, pg_get_functiondef(p.oid) as body from pg_proc p
        where p.oid in ('audit.account_at(text, timestamptz)'::regprocedure,
                        'reconcile.account_at(text, timestamptz)'::regprocedure)
    loop
        new := regexp_replace(
            old.body,
            'left join reconcile\.login_known n on n\.portal_id = (\(.+?\)|\S+) and n\.account_no = v\.account_no\s+',
            '');
        new := regexp_replace(new, '\mn\.valid_from\M', 'a.login_from', 'g');
        new := regexp_replace(new, '\mn\.(kind|at|source|seen_at)\M', 'a.login_\1', 'g');
        if strpos(new, 'a.login_from') = 0 or strpos(new, 'login_known') <> 0 then
            raise exception '% is not the one that 0026 made', old.name;
        end if;
        execute new;
    end loop;
    drop table login_known;
end $$;
