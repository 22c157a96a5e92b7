-- What was saved in the month of a day and in its year until then, by class and currency. What is
-- exposed and reducible is that of the month.
select s.class, s.currency, coalesce(sum(s.exposed_seats) filter (where s.is_now), 0)::bigint
           as exposed_seats,
       round(coalesce(sum(s.exposed) filter (where s.is_now), 0), 2)::text as exposed,
       coalesce(sum(s.freed_seat_days) filter (where s.is_now), 0)::bigint as freed_seat_days,
       round(coalesce(sum(s.freed) filter (where s.is_now), 0), 2)::text as freed,
       sum(s.freed_seat_days)::bigint as year_seat_days,
       round(coalesce(sum(s.freed), 0), 2)::text as year_freed,
       coalesce(sum(s.reducible_seats) filter (where s.is_now), -1)::bigint as reducible_seats,
       round(sum(s.reducible) filter (where s.is_now), 2)::text as reducible, s.two_currencies
from (select f.*, f.month = date_trunc('month', $2::date) as is_now
      from audit.savings_of((select p.name from portal p where p.portal_id = $1::bigint)) f
      where f.month between date_trunc('year', $2::date) and date_trunc('month', $2::date)) s
group by s.class, s.currency, s.two_currencies
-- a line that only says what does not count says nothing here
having bool_or(s.exposed_seats > 0 or s.freed_seat_days > 0 or s.reducible_seats is not null)
order by s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
