-- Events of years that are over: which were read, and since when an account is known to have been used.

set local search_path = reconcile, pg_catalog;

create type year_outcome as enum ('read', 'absent', 'broken');

create table historical_year (
    portal_id bigint not null references portal,
    asked_at timestamptz not null,
    rows bigint not null,
    unreadable bigint not null,
    year smallint not null,
    outcome year_outcome not null,
    why text,
    primary key (portal_id, year)
);
comment on table historical_year is 'the files of events of earlier years: one that was read is not asked for again';
comment on column historical_year.portal_id is 'portal';
comment on column historical_year.year is 'calendar year';
comment on column historical_year.asked_at is 'when the portal was asked for it last';
comment on column historical_year.outcome is 'read: whole, and taken over; absent: the portal has none, and is asked again after 30 days; broken: nothing of it was taken, and the next run asks again';
comment on column historical_year.rows is 'in it; 0 unless it was read';
comment on column historical_year.unreadable is 'of these, left out';
comment on column historical_year.why is 'why it was not read, or what could not be read of it; NULL: nothing';

create table first_event (
    portal_id bigint not null references portal,
    at timestamptz not null,
    seen_at timestamptz not null,
    account_id text not null,
    primary key (portal_id, account_id)
) with (fillfactor = 90);
comment on table first_event is 'the oldest event of an account that the files of earlier years told of: it was there then';
comment on column first_event.portal_id is 'portal';
comment on column first_event.account_id is 'Bynder''s id';
comment on column first_event.at is 'when it was';
comment on column first_event.seen_at is 'when the portal said so';

create view audit.historical_year as
    select o.name as portal, y.portal_id, y.year, y.asked_at, y.outcome::text as outcome, y.rows,
           y.unreadable, y.why
    from historical_year y
    join portal o on o.portal_id = y.portal_id;
comment on view audit.historical_year is 'the files of events of earlier years';
comment on column audit.historical_year.portal is 'portal';
comment on column audit.historical_year.portal_id is 'its number';
comment on column audit.historical_year.year is 'calendar year';
comment on column audit.historical_year.asked_at is 'when the portal was asked for it last';
comment on column audit.historical_year.outcome is 'read, absent, broken';
comment on column audit.historical_year.rows is 'in it; 0 unless it was read';
comment on column audit.historical_year.unreadable is 'of these, left out';
comment on column audit.historical_year.why is 'why it was not read, or what could not be read of it';

create view audit.first_event as
    select o.name as portal, e.portal_id, e.account_id, e.at, e.seen_at
    from first_event e
    join portal o on o.portal_id = e.portal_id;
comment on view audit.first_event is 'the oldest event of an account that the files of earlier years told of';
comment on column audit.first_event.portal is 'portal';
comment on column audit.first_event.portal_id is 'its number';
comment on column audit.first_event.account_id is 'Bynder''s id';
comment on column audit.first_event.at is 'when it was';
comment on column audit.first_event.seen_at is 'when the portal said so';
