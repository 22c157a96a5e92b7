-- What was saved in the month of a day and in its year until then, by class and currency. What is
-- exposed and reducible is that of the month. The facts are those of audit.savings_source, which is planned
-- for long: it tells them of every portal.
with reading as materialized (
    select s.snapshot_id, s.taken_at, r.today as day
    from snapshot s join run r on r.portal_id = $1::bigint and r.run_id = s.run_id
    where s.portal_id = $1::bigint),
newest as materialized (
    -- of each month the newest plan of its last day that has one
    select distinct on (date_trunc('month', l.today))
           date_trunc('month', l.today)::date as month, l.plan_id
    from plan l
    where l.portal_id = $1::bigint
      and exists (select 1 from plan_exposed e
                  where e.portal_id = $1::bigint and e.plan_id = l.plan_id)
    order by date_trunc('month', l.today), l.today desc, l.plan_id desc)
select
-- include savings_sums
from (select f.*, f.month = date_trunc('month', $2::date) as is_now
      from portal p
      cross join lateral audit.savings_of(row(
          (select array_agg(row(s.act_id, s.account_id, a.plan_id, a.action, a.done_at, s.since,
                                s.frees, s.freed_class, s.freed_profile, s.takes, s.taken_class,
                                case when s.takes then a.to_profile end,
                                s.back_on)::audit.savings_act)
           from seat_act s join act a on a.portal_id = $1::bigint and a.act_id = s.act_id
           where s.portal_id = $1::bigint),
          (select array_agg(row(c.snapshot_id, r.day, r.taken_at, c.class,
                                c.seats)::audit.savings_count)
           from seat_count c join reading r on r.snapshot_id = c.snapshot_id
           where c.portal_id = $1::bigint),
          -- of each day the newest reading, complete or not: its configuration
          (select array_agg(row(d.day, d.snapshot_id)::audit.savings_day)
           from (select r.day, max(r.snapshot_id) as snapshot_id from reading r group by r.day) d),
          (select array_agg(row(v.class, r.day, v.valid_from, v.valid_to, v.contracted, v.price,
                                v.currency)::audit.savings_price)
           from seat_class_version v left join reading r on r.snapshot_id = v.valid_from
           where v.portal_id = $1::bigint),
          (select array_agg(row(v.profile_id, v.class, v.valid_from, r.day, v.valid_to,
                                t.day)::audit.savings_profile)
           from profile_class_version v
           left join reading r on r.snapshot_id = v.valid_from
           left join reading t on t.snapshot_id = v.valid_to
           where v.portal_id = $1::bigint),
          (select array_agg(row(m.month, m.plan_id, e.class, e.seats, e.price, e.currency,
                                e.two_currencies)::audit.savings_exposed)
           from newest m
           join plan_exposed e on e.portal_id = $1::bigint and e.plan_id = m.plan_id),
          (select array_agg(row(c.plan_id, c.class, c.seats, c.seats_after, c.contracted, c.price,
                                c.currency)::audit.savings_seats)
           from newest m
           join plan_class c on c.portal_id = $1::bigint and c.plan_id = m.plan_id)
          )::audit.savings_facts) f
      where p.portal_id = $1::bigint and p.goes_on_in is null
        and f.month between date_trunc('year', $2::date) and date_trunc('month', $2::date)) s
group by s.class, s.currency, s.two_currencies
-- a line that only says what does not count says nothing here
having bool_or(s.exposed_seats > 0 or s.freed_seat_days > 0 or s.reducible_seats is not null)
order by s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
