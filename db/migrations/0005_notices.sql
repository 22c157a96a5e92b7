-- What people were told: each reason once, for as long as it stays the same.

set local search_path = reconcile, pg_catalog;

create table notice_told (
    portal_id bigint not null references portal,
    channel text not null check (channel in ('mail', 'webhook')),
    kind text not null check (kind in ('approval', 'held', 'steps', 'failed', 'cut_off')),
    key text not null,
    told_at timestamptz not null,
    run_id bigint not null,
    primary key (portal_id, channel, kind)
);
comment on table notice_told is 'reasons that stand and were told; a row goes when its reason does';
comment on column notice_told.portal_id is 'portal';
comment on column notice_told.channel is 'by which way';
comment on column notice_told.kind is 'a plan waits for approval, a guard holds, steps failed or are unknown, the run failed, a run was cut off';
comment on column notice_told.key is 'what exactly was told; another key is told anew';
comment on column notice_told.told_at is 'when the message was taken by the mail server or the webhook';
comment on column notice_told.run_id is 'the run that told; 0: one that could not reach this database';

create table notice_announced (
    portal_id bigint not null,
    account_id text not null,
    rule text not null,
    plan_id bigint not null,
    told_at timestamptz not null,
    primary key (portal_id, account_id, rule, plan_id),
    foreign key (portal_id, account_id, rule, plan_id) references announcement
);
comment on table notice_announced is 'announcements of grace that went to the person concerned; the row is made before the mail, so that none goes twice';
comment on column notice_announced.portal_id is 'portal';
comment on column notice_announced.account_id is 'Bynder''s id';
comment on column notice_announced.rule is 'name of the rule';
comment on column notice_announced.plan_id is 'the plan that announced it';
comment on column notice_announced.told_at is 'when the mail was about to be sent';
