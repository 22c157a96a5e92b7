-- What other thresholds of idleness would have done when a plan was made.

set local search_path = reconcile, pg_catalog;

create table plan_curve (
    portal_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    days integer not null,
    acts bigint not null,
    seats bigint not null,
    idle bigint not null,
    unread bigint not null,
    later bigint not null,
    held bigint not null,
    kept bigint not null,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
comment on table plan_curve is 'what a plan with another number of days in its rules for idle accounts would have been, on the same picture; no digest covers it. No rows: no rule asks, or a plan of before';
comment on column plan_curve.portal_id is 'portal';
comment on column plan_curve.plan_id is 'plan';
comment on column plan_curve.position is 'from 1, by days';
comment on column plan_curve.days is 'the threshold';
comment on column plan_curve.acts is 'rows with an action, whatever rule made them';
comment on column plan_curve.seats is 'seats that these would free';
comment on column plan_curve.idle is 'of these seats: by a rule that asks how long somebody is idle';
comment on column plan_curve.unread is 'of the idle: seats whose last login a plan with that threshold would read first';
comment on column plan_curve.later is 'of these seats: not before a later day';
comment on column plan_curve.held is 'of the acts: rows that a guard of evidence holds';
comment on column plan_curve.kept is 'active accounts that are idle so long and keep their seat all the same';

comment on column roster.blind is 'rows that may be anybody: rejected, or with a name and no key';
