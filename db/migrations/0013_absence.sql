-- Which rosters prove that somebody is absent (rule R6): good ones of nights on which nothing was in
-- doubt, each counted once for what it says.

alter table roster
    add column content bytea,
    add column proves boolean not null default false;
comment on column roster.content is 'SHA-256 over what is mapped of all rows, in an order of its own';
comment on column roster.proves is 'whoever it does not have is absent: it is good, has no row that may be anybody, and no guard doubted that night what is known of people (rule R6)';
comment on column roster.good is 'passed G1 to G3';
comment on column audit.roster.good is 'passed G1 to G3';

-- Of earlier nights as far as it can be told. Their content was told in another form, so those that say
-- what the newest of them says are left out: the next reading may be a copy of it.
with earlier as (
    select r.portal_id, r.roster_id, p.roster_content,
           r.good and r.blind = 0 and p.snapshot_complete
           and not exists (select from plan_guard g
                           where g.portal_id = p.portal_id and g.plan_id = p.plan_id and g.hold
                             and g.guard in ('G4', 'G6', 'G13', 'policy')) as proves,
           first_value(p.roster_content) over (partition by r.portal_id
                                               order by r.roster_id desc) as newest
    from roster r
    join lateral (select p.portal_id, p.plan_id, p.roster_content, p.snapshot_complete
                  from plan p
                  where p.portal_id = r.portal_id and p.roster_id = r.roster_id
                  order by p.plan_id desc limit 1) p on true
    join run n on n.portal_id = r.portal_id and n.run_id = r.run_id
    where n.verb in ('run', 'apply')
       or not exists (select from run o where o.portal_id = r.portal_id
                                          and o.verb in ('run', 'apply')))
update roster r set content = e.roster_content, proves = e.proves and e.roster_content <> e.newest
from earlier e
where r.portal_id = e.portal_id and r.roster_id = e.roster_id;

-- Nights on which somebody was near, or the account could not be told, were kept as absence.
update link_version k set since = greatest(k.since, x.at)
from (select a.portal_id, a.account_no, max(p.created_at) + interval '1 microsecond' as at
      from plan_row r
      join plan p on p.portal_id = r.portal_id and p.plan_id = r.plan_id
      join account a on a.portal_id = r.portal_id and a.account_id = r.account_id
      where r.decision_row in ('P2', 'P4', 'P5', 'P6')
      group by a.portal_id, a.account_no) x
where k.portal_id = x.portal_id and k.account_no = x.account_no
  and k.valid_to is null and k.kind = 'none';
