-- What savings_now.sql says of one portal, of all: each by the day of its newest plan.
select s.portal_id,
-- include savings_sums
from (select f.*, f.month = date_trunc('month', l.today) as is_now
      from portal p
      join (select portal_id, max(plan_id) as plan_id
            from plan group by portal_id) k on k.portal_id = p.portal_id
      join plan l on l.portal_id = p.portal_id and l.plan_id = k.plan_id
      join audit.savings f on f.portal_id = p.portal_id
          and f.month between date_trunc('year', l.today) and date_trunc('month', l.today)
      where p.set_aside_at is null) s
group by s.portal_id, s.class, s.currency, s.two_currencies
having bool_or(s.exposed_seats > 0 or s.freed_seat_days > 0 or s.reducible_seats is not null)
order by s.portal_id, s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
