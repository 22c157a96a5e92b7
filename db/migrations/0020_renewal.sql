-- What the seats of a plan will come to on the day the contract is renewed.

set local search_path = reconcile, pg_catalog;

create table plan_renewal (
    portal_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    renews date not null,
    starters bigint not null,
    at_work bigint not null,
    planned bigint not null,
    leaving bigint not null,
    starting bigint not null,
    expected bigint not null,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id, position) references plan_class
);
comment on table plan_renewal is 'what the seats of a class (plan_class) will come to on the day the contract is renewed, if the plan is done; no digest covers it. No rows: seats.renews was not told, or more than 120 days away';
comment on column plan_renewal.portal_id is 'portal';
comment on column plan_renewal.plan_id is 'plan';
comment on column plan_renewal.position is 'class, as in plan_class';
comment on column plan_renewal.renews is 'that day (seats.renews)';
comment on column plan_renewal.starters is 'people of the roster who start by then and have no account; the same for every class';
comment on column plan_renewal.at_work is 'people of the roster who are employed or on leave; likewise';
comment on column plan_renewal.planned is 'seats that the plan frees by then, less those that it takes';
comment on column plan_renewal.leaving is 'seats of people whose last day comes before, and that the plan does not free';
comment on column plan_renewal.starting is 'an estimate: seats for those who start, by the share of those at work who have one of the class';
comment on column plan_renewal.expected is 'seats of the class, less planned, less leaving, and starting';
