-- The rest of what auditors see: pictures of the portal and of HR as versions with times instead of
-- numbers, and the questions that come up most. A comment that begins with (personal) marks what
-- db/roles.sql gives to auditors only when it is granted.

set local search_path = reconcile, pg_catalog;

-- --- what was taken away on purpose says so --------------------------------------------------------

-- A plan whose rows lost names cannot have its digest computed again, and a snapshot whose versions were
-- merged cannot be rebuilt.

alter table plan add column redacted_at timestamptz;
comment on column plan.redacted_at is 'when names or whole rows were taken away (erase, retention): its digest cannot be computed again; NULL: it is as it was made';

alter table snapshot add column thinned_at timestamptz;
comment on column snapshot.thinned_at is 'when its versions were merged into those of the next one that is kept (retention); NULL: it can be rebuilt';

-- An erased name in an approval takes its rows along.
alter table approval_row
    drop constraint approval_row_portal_id_plan_id_who_kind_fkey,
    add foreign key (portal_id, plan_id, who, kind) references approval
        on update cascade on delete cascade;

-- --- views ----------------------------------------------------------------------------------------

-- Who is asked for by a name of theirs: as it is compared, when it is plain ASCII; what is not is
-- rare, and the program looks at each.
create function audit.plain(value text) returns text
    language sql immutable parallel safe
    return lower(btrim(value, E' \t\n\r\f\v') collate "C");
comment on function audit.plain(text) is 'trimmed and in small letters: how ASCII text is compared';

create function audit.is_odd(value text) returns boolean
    language sql immutable parallel safe
    return octet_length(value) <> char_length(value);
comment on function audit.is_odd(text) is 'not plain ASCII: audit.plain() does not tell what it is compared as';

create index account_version_username on account_version (portal_id, audit.plain(username))
    where username is distinct from email;
create index account_version_email on account_version (portal_id, audit.plain(email));
create index account_version_email2 on account_version (portal_id, audit.plain(email2))
    where email2 is not null;
create index account_version_number on account_version (portal_id, audit.plain(employee_number))
    where employee_number is not null;
create index account_version_odd on account_version (portal_id)
    where audit.is_odd(username) or audit.is_odd(email) or audit.is_odd(email2) or audit.is_odd(employee_number);
create index person_version_email on person_version (portal_id, audit.plain(email))
    where email is not null;
create index person_version_number on person_version (portal_id, audit.plain(employee_number))
    where employee_number is not null;
create index person_version_username on person_version (portal_id, audit.plain(username))
    where username is not null;
create index person_version_odd on person_version (portal_id)
    where audit.is_odd(username) or audit.is_odd(email) or audit.is_odd(employee_number);
create index link_version_person on link_version (portal_id, person_key)
    where person_key is not null;
create index snapshot_taken on snapshot (portal_id, taken_at);
create index step_account on step (portal_id, account_id);

create view audit.snapshot as
    select o.name as portal, s.portal_id, s.snapshot_id, s.run_id, r.today as day, s.taken_at,
           s.complete, s.accounts, s.active, s.inactive, s.gone, s.requests, s.thinned_at
    from snapshot s
    join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
    join portal o on o.portal_id = s.portal_id;
comment on view audit.snapshot is 'every reading of the portal';
comment on column audit.snapshot.portal is 'portal';
comment on column audit.snapshot.portal_id is 'its number';
comment on column audit.snapshot.snapshot_id is 'ascending per portal';
comment on column audit.snapshot.run_id is 'the run that read it';
comment on column audit.snapshot.day is 'the civil day of that run';
comment on column audit.snapshot.taken_at is 'when the reading began';
comment on column audit.snapshot.complete is 'false: accounts may be missing, nobody counts as gone by it';
comment on column audit.snapshot.accounts is 'accounts listed';
comment on column audit.snapshot.active is 'of those, with a seat';
comment on column audit.snapshot.inactive is 'of those, suspended or pending';
comment on column audit.snapshot.gone is 'accounts of the reading before that this one does not have';
comment on column audit.snapshot.requests is 'HTTP requests it took';
comment on column audit.snapshot.thinned_at is 'when it was merged into the next one that is kept (retention); NULL: it can be rebuilt';

create view audit.roster as
    select o.name as portal, s.portal_id, s.roster_id, s.run_id, s.read_at, s.people, s.rejected,
           s.good, s.digest
    from roster s join portal o using (portal_id);
comment on view audit.roster is 'every reading of the roster';
comment on column audit.roster.portal is 'portal';
comment on column audit.roster.portal_id is 'its number';
comment on column audit.roster.roster_id is 'ascending per portal';
comment on column audit.roster.run_id is 'the run that read it';
comment on column audit.roster.read_at is 'when';
comment on column audit.roster.people is 'rows accepted';
comment on column audit.roster.rejected is 'rows refused';
comment on column audit.roster.good is 'passed the guards: proves that somebody is absent';
comment on column audit.roster.digest is 'SHA-256 of the file';

create view audit.account_history as
    select o.name as portal, v.portal_id, a.account_id, v.account_no, v.valid_from as from_snapshot,
           v.valid_to as to_snapshot, f.taken_at as since, t.taken_at as until, v.status,
           v.username, v.email, v.email2, v.name, v.employee_number, v.profile_id, v.country,
           v.department, v.groups, v.sso_only
    from account_version v
    join account a on a.portal_id = v.portal_id and a.account_no = v.account_no
    join portal o on o.portal_id = v.portal_id
    join snapshot f on f.portal_id = v.portal_id and f.snapshot_id = v.valid_from
    left join snapshot t on t.portal_id = v.portal_id and t.snapshot_id = v.valid_to;
comment on view audit.account_history is 'accounts as the portal told of them, one row per change; it holds from since up to, not including, until';
comment on column audit.account_history.portal is 'portal';
comment on column audit.account_history.portal_id is 'its number';
comment on column audit.account_history.account_id is 'Bynder''s id';
comment on column audit.account_history.account_no is 'a short number for the same, within the portal';
comment on column audit.account_history.from_snapshot is 'first snapshot that said so';
comment on column audit.account_history.to_snapshot is 'first snapshot that said otherwise; NULL: still so';
comment on column audit.account_history.since is 'when the first was taken';
comment on column audit.account_history.until is 'when the other was taken; NULL: still so';
comment on column audit.account_history.status is 'active: has a seat; inactive: suspended or pending; gone: not in the portal any more; unreadable';
comment on column audit.account_history.username is '(personal) username';
comment on column audit.account_history.email is '(personal) address';
comment on column audit.account_history.email2 is '(personal) second address';
comment on column audit.account_history.name is '(personal) full name';
comment on column audit.account_history.employee_number is '(personal) as entered in Bynder';
comment on column audit.account_history.profile_id is 'permission profile';
comment on column audit.account_history.country is 'country';
comment on column audit.account_history.department is 'department';
comment on column audit.account_history.groups is 'array of {id, name}';
comment on column audit.account_history.sso_only is 'may log in through the identity provider only';

create view audit.login_history as
    select o.name as portal, l.portal_id, a.account_id, l.account_no,
           l.valid_from as from_snapshot, f.taken_at as since, l.kind::text as kind, l.at,
           l.source::text as source, l.seen_at
    from login l
    join account a on a.portal_id = l.portal_id and a.account_no = l.account_no
    join portal o on o.portal_id = l.portal_id
    join snapshot f on f.portal_id = l.portal_id and f.snapshot_id = l.valid_from;
comment on view audit.login_history is 'last logins; each holds until the next one of its account';
comment on column audit.login_history.portal is 'portal';
comment on column audit.login_history.portal_id is 'its number';
comment on column audit.login_history.account_id is 'Bynder''s id';
comment on column audit.login_history.account_no is 'a short number for the same, within the portal';
comment on column audit.login_history.from_snapshot is 'first snapshot that knew it';
comment on column audit.login_history.since is 'when that was taken';
comment on column audit.login_history.kind is 'known, never, unreadable';
comment on column audit.login_history.at is 'the last login';
comment on column audit.login_history.source is 'read: asked for this account; events: login events; export; nowhere';
comment on column audit.login_history.seen_at is 'when the source said so';

create view audit.profile_history as
    select o.name as portal, p.portal_id, p.profile_id, p.valid_from as from_snapshot,
           p.valid_to as to_snapshot, f.taken_at as since, t.taken_at as until, p.name, p.roles
    from profile_version p
    join portal o on o.portal_id = p.portal_id
    join snapshot f on f.portal_id = p.portal_id and f.snapshot_id = p.valid_from
    left join snapshot t on t.portal_id = p.portal_id and t.snapshot_id = p.valid_to;
comment on view audit.profile_history is 'permission profiles, one row per change';
comment on column audit.profile_history.portal is 'portal';
comment on column audit.profile_history.portal_id is 'its number';
comment on column audit.profile_history.profile_id is 'Bynder''s id of the profile';
comment on column audit.profile_history.from_snapshot is 'first snapshot that said so';
comment on column audit.profile_history.to_snapshot is 'first snapshot that said otherwise; NULL: still so';
comment on column audit.profile_history.since is 'when the first was taken';
comment on column audit.profile_history.until is 'when the other was taken; NULL: still so';
comment on column audit.profile_history.name is 'name of the profile';
comment on column audit.profile_history.roles is 'array of its roles';

create view audit.person_history as
    select o.name as portal, p.portal_id, p.person_key, p.ordinal, p.valid_from as from_roster,
           p.valid_to as to_roster, f.read_at as since, t.read_at as until, p.employee_number,
           p.email, p.username, p.name, p.department, p.country, p.word, p.hire_date, p.last_day,
           p.rejected
    from person_version p
    join portal o on o.portal_id = p.portal_id
    join roster f on f.portal_id = p.portal_id and f.roster_id = p.valid_from
    left join roster t on t.portal_id = p.portal_id and t.roster_id = p.valid_to;
comment on view audit.person_history is 'people as HR told of them, one row per change; until is also when they were left out';
comment on column audit.person_history.portal is 'portal';
comment on column audit.person_history.portal_id is 'its number';
comment on column audit.person_history.person_key is '(personal) how a person is told apart: n: and employee number, else e: and address, else u: and username';
comment on column audit.person_history.ordinal is '1, or more for further rows with the same key';
comment on column audit.person_history.from_roster is 'first roster that said so';
comment on column audit.person_history.to_roster is 'first roster that did not; NULL: still so';
comment on column audit.person_history.since is 'when the first was read';
comment on column audit.person_history.until is 'when the other was read; NULL: still so';
comment on column audit.person_history.employee_number is '(personal) as HR wrote it';
comment on column audit.person_history.email is '(personal) address';
comment on column audit.person_history.username is '(personal) name at work';
comment on column audit.person_history.name is '(personal) full name';
comment on column audit.person_history.department is 'department';
comment on column audit.person_history.country is 'country';
comment on column audit.person_history.word is 'what the status column said: employed, on_leave, departed, unknown';
comment on column audit.person_history.hire_date is 'first day';
comment on column audit.person_history.last_day is 'last day of work';
comment on column audit.person_history.rejected is '(personal) why the row was refused; NULL: it was not';

create view audit.link_history as
    select o.name as portal, l.portal_id, a.account_id, l.account_no,
           l.valid_from as from_snapshot, l.valid_to as to_snapshot, f.taken_at as since,
           t.taken_at as until, l.kind, l.matched_by, l.person_key
    from link_version l
    join account a on a.portal_id = l.portal_id and a.account_no = l.account_no
    join portal o on o.portal_id = l.portal_id
    join snapshot f on f.portal_id = l.portal_id and f.snapshot_id = l.valid_from
    left join snapshot t on t.portal_id = l.portal_id and t.snapshot_id = l.valid_to;
comment on view audit.link_history is 'which person an account belonged to, one row per change';
comment on column audit.link_history.portal is 'portal';
comment on column audit.link_history.portal_id is 'its number';
comment on column audit.link_history.account_id is 'Bynder''s id';
comment on column audit.link_history.account_no is 'a short number for the same, within the portal';
comment on column audit.link_history.from_snapshot is 'first snapshot matched so';
comment on column audit.link_history.to_snapshot is 'first snapshot matched otherwise; NULL: still so';
comment on column audit.link_history.since is 'when the first was taken';
comment on column audit.link_history.until is 'when the other was taken; NULL: still so';
comment on column audit.link_history.kind is 'one, none, ambiguous, conflict';
comment on column audit.link_history.matched_by is 'the key that matched';
comment on column audit.link_history.person_key is '(personal) the person, as in person_history';

create view audit.announcement as
    select o.name as portal, n.portal_id, n.account_id, n.rule, n.plan_id, n.announced_on,
           n.login_at, n.mode, n.ended_on
    from announcement n join portal o using (portal_id);
comment on view audit.announcement is 'who was told that a rule would act, and when';
comment on column audit.announcement.portal is 'portal';
comment on column audit.announcement.portal_id is 'its number';
comment on column audit.announcement.account_id is 'Bynder''s id';
comment on column audit.announcement.rule is 'name of the rule';
comment on column audit.announcement.plan_id is 'the plan that announced it';
comment on column audit.announcement.announced_on is 'grace counts from this day';
comment on column audit.announcement.login_at is 'newest login known then';
comment on column audit.announcement.mode is 'report or enforce';
comment on column audit.announcement.ended_on is 'the rule stopped proposing it, or announced anew; NULL: open';

-- An account has a role while it has a profile that has the role; what follows without a gap is one row.
create view audit.entitlement as
    with held as (
        select v.portal_id, v.account_no, v.profile_id, p.name as profile, r.role,
               greatest(v.valid_from, p.valid_from::integer) as from_snapshot,
               least(v.valid_to, p.valid_to::integer) as to_snapshot
        from account_version v
        join profile_version p on p.portal_id = v.portal_id and p.profile_id = v.profile_id
            and (v.valid_to is null or p.valid_from < v.valid_to)
            and (p.valid_to is null or v.valid_from < p.valid_to)
        cross join lateral jsonb_array_elements_text(p.roles) r(role)
        where v.status in ('active', 'inactive')),
    island as (
        select h.*, sum(case when h.from_snapshot = h.before then 0 else 1 end)
                        over (partition by portal_id, account_no, profile_id, role
                              order by from_snapshot) as number
        from (select h.*, lag(h.to_snapshot) over (partition by portal_id, account_no, profile_id,
                                                   role order by from_snapshot) as before
              from held h) h),
    merged as (
        select portal_id, account_no, profile_id, role, number,
               (array_agg(profile order by from_snapshot desc))[1] as profile,
               min(from_snapshot) as from_snapshot,
               nullif(max(coalesce(to_snapshot, 2147483647)), 2147483647) as to_snapshot
        from island
        group by portal_id, account_no, profile_id, role, number)
    select o.name as portal, m.portal_id, a.account_id, m.account_no, m.profile_id, m.profile,
           m.role, f.taken_at as since, t.taken_at as until
    from merged m
    join account a on a.portal_id = m.portal_id and a.account_no = m.account_no
    join portal o on o.portal_id = m.portal_id
    join snapshot f on f.portal_id = m.portal_id and f.snapshot_id = m.from_snapshot
    left join snapshot t on t.portal_id = m.portal_id and t.snapshot_id = m.to_snapshot;
comment on view audit.entitlement is 'who held which profile and role, since when and until when';
comment on column audit.entitlement.portal is 'portal';
comment on column audit.entitlement.portal_id is 'its number';
comment on column audit.entitlement.account_id is 'Bynder''s id';
comment on column audit.entitlement.account_no is 'a short number for the same, within the portal';
comment on column audit.entitlement.profile_id is 'permission profile';
comment on column audit.entitlement.profile is 'its name, as last known';
comment on column audit.entitlement.role is 'one role of it';
comment on column audit.entitlement.since is 'the first reading that showed it';
comment on column audit.entitlement.until is 'the first reading that did not; NULL: still so';

-- Changes of the count at each snapshot, added up over all snapshots; of a day the last one counts.
create view audit.seat as
    with change as (
        select v.portal_id, v.valid_from as snapshot_id, coalesce(v.profile_id, '') as profile_id,
               1 as step
        from account_version v where v.status = 'active'
        union all
        select v.portal_id, v.valid_to, coalesce(v.profile_id, ''), -1
        from account_version v where v.status = 'active' and v.valid_to is not null),
    summed as (
        select portal_id, snapshot_id, profile_id, sum(step) as step
        from change group by portal_id, snapshot_id, profile_id),
    profile as (select distinct portal_id, profile_id from summed),
    count as (
        select s.portal_id, s.snapshot_id, r.today as day, p.profile_id,
               sum(coalesce(c.step, 0)) over (partition by s.portal_id, p.profile_id
                                              order by s.snapshot_id) as seats,
               s.snapshot_id = max(s.snapshot_id) over (partition by s.portal_id, r.today) as last
        from snapshot s
        join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
        join profile p on p.portal_id = s.portal_id
        left join summed c on c.portal_id = s.portal_id and c.snapshot_id = s.snapshot_id
            and c.profile_id = p.profile_id
        where s.thinned_at is null)
    select o.name as portal, c.portal_id, c.day, nullif(c.profile_id, '') as profile_id,
           p.name as profile, c.seats::bigint as seats
    from count c
    join portal o on o.portal_id = c.portal_id
    left join profile_version p on p.portal_id = c.portal_id and p.profile_id = c.profile_id
        and p.valid_from <= c.snapshot_id and (p.valid_to is null or p.valid_to > c.snapshot_id)
    where c.last and c.seats > 0;
comment on view audit.seat is 'seats taken at the end of each day, by profile';
comment on column audit.seat.portal is 'portal';
comment on column audit.seat.portal_id is 'its number';
comment on column audit.seat.day is 'the civil day of the last reading';
comment on column audit.seat.profile_id is 'permission profile; NULL: none';
comment on column audit.seat.profile is 'its name then';
comment on column audit.seat.seats is 'active accounts';

create view audit.reclaimed as
    select o.name as portal, c.portal_id, c.act_id, c.account_id, c.action, c.done_at, c.plan_id,
           c.rule, b.returned_at
    from act c
    join portal o on o.portal_id = c.portal_id
    join account a on a.portal_id = c.portal_id and a.account_id = c.account_id
    left join lateral (
        select min(s.taken_at) as returned_at
        from account_version v
        join snapshot s on s.portal_id = v.portal_id and s.snapshot_id = v.valid_from
        where v.portal_id = a.portal_id and v.account_no = a.account_no and v.status = 'active'
          and s.taken_at > c.done_at
          and exists (select from account_version e
                      where e.portal_id = v.portal_id and e.account_no = v.account_no
                        and e.valid_to = v.valid_from and e.status <> 'active')) b on true
    where c.action in ('suspend', 'deprovision');
comment on view audit.reclaimed is 'seats this program took back, and when the account had one again';
comment on column audit.reclaimed.portal is 'portal';
comment on column audit.reclaimed.portal_id is 'its number';
comment on column audit.reclaimed.act_id is 'act';
comment on column audit.reclaimed.account_id is 'Bynder''s id';
comment on column audit.reclaimed.action is 'suspend or deprovision';
comment on column audit.reclaimed.done_at is 'when';
comment on column audit.reclaimed.plan_id is 'the plan it carried out';
comment on column audit.reclaimed.rule is 'the rule';
comment on column audit.reclaimed.returned_at is 'the first reading after it that showed the account active again; NULL: none did';

-- The portal as it was known at a moment: the newest snapshot taken until then, and the people of the
-- newest roster its run had. With the rights of the owner, because it must be fast: who may call it
-- sees what is personal.
create function audit.account_at(portal_name text, moment timestamptz)
    returns table (
        account_id text, account_no integer, status text, username text, email text, email2 text,
        name text, employee_number text, profile_id text, profile text, roles text, country text,
        department text, "groups" jsonb, sso_only boolean, created timestamptz,
        deactivated timestamptz, login_kind text, last_login timestamptz, login_source text,
        login_seen_at timestamptz, link text, matched_by text, person_key text,
        person_employee_number text, person_email text, person_name text, person_department text,
        person_word text, hire_date date, last_day date, snapshot_id bigint, taken_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, reconcile, pg_temp
as $$
    with shot as (
        select s.portal_id, s.snapshot_id::integer as snapshot_id, s.taken_at,
               (select max(r.roster_id) from roster r
                where r.portal_id = s.portal_id and r.run_id <= s.run_id) as roster_id
        from portal p
        join snapshot s using (portal_id)
        where p.name = portal_name and s.taken_at <= moment and s.thinned_at is null
        order by s.taken_at desc, s.snapshot_id desc
        limit 1),
    profile as (
        select p.profile_id, p.name,
               (select string_agg(r, ' ' order by r) from jsonb_array_elements_text(p.roles) r)
                   as roles
        from profile_version p
        where p.portal_id = (select portal_id from shot)
          and p.valid_from <= (select snapshot_id from shot)
          and (p.valid_to is null or p.valid_to > (select snapshot_id from shot))),
    person as (
        select h.* from person_version h
        where h.portal_id = (select portal_id from shot)
          and h.valid_from <= (select roster_id from shot)
          and (h.valid_to is null or h.valid_to > (select roster_id from shot))
          and h.ordinal = 1)
    select a.account_id, v.account_no, v.status, v.username, v.email, v.email2, v.name,
           v.employee_number, v.profile_id, f.name, f.roles, v.country, v.department,
           v.groups, v.sso_only, a.created, a.deactivated, l.kind::text, l.at, l.source::text, l.seen_at,
           k.kind, k.matched_by, k.person_key, h.employee_number, h.email, h.name, h.department,
           h.word, h.hire_date, h.last_day, s.snapshot_id::bigint, s.taken_at
    from shot s
    join account_version v on v.portal_id = s.portal_id and v.valid_from <= s.snapshot_id
        and (v.valid_to is null or v.valid_to > s.snapshot_id)
        and (v.status <> 'gone' or v.valid_from = s.snapshot_id)
    join account a on a.portal_id = v.portal_id and a.account_no = v.account_no
    left join lateral (
        select w.* from login w
        where w.portal_id = v.portal_id and w.account_no = v.account_no
          and w.valid_from <= s.snapshot_id
        order by w.valid_from desc limit 1) l on true
    left join profile f on f.profile_id = v.profile_id
    left join link_version k on k.portal_id = v.portal_id and k.account_no = v.account_no
        and k.valid_from <= s.snapshot_id
        and (k.valid_to is null or k.valid_to > s.snapshot_id)
    left join person h on h.person_key = k.person_key
    order by a.account_id collate "C"
$$;
comment on function audit.account_at(text, timestamptz) is '(personal) every account as it was known at a moment, with its person: exactly the newest snapshot then';
