-- The portal as it was known at a moment, in a form that the planner can take apart: whoever may
-- read the tables asks reconcile.account_at(), and gets only the columns asked for, by all
-- processors. audit.account_at() is the same for those who may not.

set local search_path = reconcile, pg_catalog;

-- Without SECURITY DEFINER and without settings of its own, or it would not be inlined; so every
-- name is written out.
create function reconcile.account_at(portal_name text, moment timestamptz)
    returns table (
        account_id text, account_no integer, status text, username text, email text, email2 text,
        name text, employee_number text, profile_id text, profile text, roles text, country text,
        department text, "groups" jsonb, sso_only boolean, created timestamptz,
        deactivated timestamptz, login_kind text, last_login timestamptz, login_source text,
        login_seen_at timestamptz, link text, matched_by text, person_key text,
        person_employee_number text, person_email text, person_name text, person_department text,
        person_word text, hire_date date, last_day date, snapshot_id bigint, taken_at timestamptz)
    language sql stable parallel safe
as $$
    with shot as (
        select s.portal_id, s.snapshot_id::integer as snapshot_id, s.taken_at,
               (select max(r.roster_id) from reconcile.roster r
                where r.portal_id = s.portal_id and r.run_id <= s.run_id) as roster_id
        from reconcile.portal p
        join reconcile.snapshot s using (portal_id)
        where p.name = portal_name and s.taken_at <= moment and s.thinned_at is null
        order by s.taken_at desc, s.snapshot_id desc
        limit 1),
    profile as (
        select p.profile_id, p.name,
               (select string_agg(r, ' ' order by r)
                from pg_catalog.jsonb_array_elements_text(p.roles) r) as roles
        from reconcile.profile_version p
        where p.portal_id = (select s.portal_id from shot s)
          and p.valid_from <= (select s.snapshot_id from shot s)
          and (p.valid_to is null or p.valid_to > (select s.snapshot_id from shot s)))
    select a.account_id, v.account_no, v.status, v.username, v.email, v.email2, v.name,
           v.employee_number, v.profile_id, f.name, f.roles, v.country, v.department,
           v.groups, v.sso_only, a.created, a.deactivated, l.kind::text, l.at, l.source::text,
           l.seen_at, k.kind, k.matched_by, k.person_key, h.employee_number, h.email, h.name,
           h.department, h.word, h.hire_date, h.last_day,
           (select s.snapshot_id::bigint from shot s), (select s.taken_at from shot s)
    from reconcile.account_version v
    join reconcile.account a on a.portal_id = v.portal_id and a.account_no = v.account_no
    left join lateral (
        select w.kind, w.at, w.source, w.seen_at
        from reconcile.login w
        where w.portal_id = v.portal_id and w.account_no = v.account_no
          and w.valid_from <= (select s.snapshot_id from shot s)
        order by w.valid_from desc limit 1) l on true
    left join profile f on f.profile_id = v.profile_id
    left join reconcile.link_version k on k.portal_id = v.portal_id and k.account_no = v.account_no
        and k.valid_from <= (select s.snapshot_id from shot s)
        and (k.valid_to is null or k.valid_to > (select s.snapshot_id from shot s))
    left join reconcile.person_version h on h.portal_id = v.portal_id
        and h.person_key = k.person_key and h.ordinal = 1
        and h.valid_from <= (select s.roster_id from shot s)
        and (h.valid_to is null or h.valid_to > (select s.roster_id from shot s))
    where v.portal_id = (select s.portal_id from shot s)
      and v.valid_from <= (select s.snapshot_id from shot s)
      and (v.valid_to is null or v.valid_to > (select s.snapshot_id from shot s))
      and (v.status <> 'gone' or v.valid_from = (select s.snapshot_id from shot s))
$$;
comment on function reconcile.account_at(text, timestamptz) is 'every account as it was known at a moment, with its person, in no order; for those who may read the tables';

create or replace function audit.account_at(portal_name text, moment timestamptz)
    returns table (
        account_id text, account_no integer, status text, username text, email text, email2 text,
        name text, employee_number text, profile_id text, profile text, roles text, country text,
        department text, "groups" jsonb, sso_only boolean, created timestamptz,
        deactivated timestamptz, login_kind text, last_login timestamptz, login_source text,
        login_seen_at timestamptz, link text, matched_by text, person_key text,
        person_employee_number text, person_email text, person_name text, person_department text,
        person_word text, hire_date date, last_day date, snapshot_id bigint, taken_at timestamptz)
    language sql stable security definer
    set search_path = pg_catalog, reconcile, pg_temp
    set work_mem = '64MB'
as $$
    select * from reconcile.account_at(portal_name, moment) a order by a.account_id collate "C"
$$;
