-- What the guards compare with. A run that G4, G6 or G13 held is not compared with: a brake must not
-- let go by itself on the second try, and one run with a wrong clock must not stop all later ones.
-- What a person overrode for its plan is accepted, and is what the next run is compared with.
select not exists (select from plan where portal_id = $1::bigint) as first_plan,
       coalesce((select r.people from roster r
        where r.portal_id = $1::bigint
          and (r.good or exists (select from plan p join guard_override o using (portal_id, plan_id)
                                 where p.portal_id = r.portal_id and p.roster_id = r.roster_id
                                   and o.guard = 'G2'))
        order by r.roster_id desc limit 1), -1) as last_roster_people,
       (select us(min(read_at)) from roster
        where portal_id = $1::bigint
          and roster_id > coalesce((select max(roster_id) from roster
                                    where portal_id = $1::bigint
                                      and digest <> decode($2, 'hex')), 0)) as same_bytes_since,
       coalesce((select s.accounts from snapshot s
        where s.portal_id = $1::bigint and s.complete
          and not exists (select from plan p join plan_guard g using (portal_id, plan_id)
                          where p.portal_id = s.portal_id and p.snapshot_id = s.snapshot_id
                            and g.guard = 'G4' and g.hold
                            and not exists (select from guard_override o
                                            where o.portal_id = g.portal_id
                                              and o.plan_id = g.plan_id and o.guard = g.guard))
        order by s.snapshot_id desc limit 1), -1) as last_snapshot_accounts,
       coalesce((select s.matched_percent::numeric from snapshot s
        where s.portal_id = $1::bigint and s.matched_percent is not null
          and not exists (select from plan p join plan_guard g using (portal_id, plan_id)
                          where p.portal_id = s.portal_id and p.snapshot_id = s.snapshot_id
                            and g.guard = 'G6' and g.hold
                            and not exists (select from guard_override o
                                            where o.portal_id = g.portal_id
                                              and o.plan_id = g.plan_id and o.guard = g.guard))
        order by s.snapshot_id desc limit 1), -1) as last_matched_percent,
       (select p.today::text from plan p
        where p.portal_id = $1::bigint
          and not exists (select from plan_guard g
                          where g.portal_id = p.portal_id and g.plan_id = p.plan_id
                            and g.guard = 'G13' and g.hold
                            and not exists (select from guard_override o
                                            where o.portal_id = g.portal_id
                                              and o.plan_id = g.plan_id and o.guard = g.guard))
        order by p.plan_id desc limit 1) as last_run_day
