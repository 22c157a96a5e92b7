-- What was saved in the month of a day and in its year until then, by class and currency. What is
-- exposed and reducible is that of the month.
select
-- include savings_sums
from (select f.*, f.month = date_trunc('month', $2::date) as is_now
      from audit.savings f
      where f.portal_id = $1::bigint
        and f.month between date_trunc('year', $2::date) and date_trunc('month', $2::date)) s
group by s.class, s.currency, s.two_currencies
-- a line that only says what does not count says nothing here
having bool_or(s.exposed_seats > 0 or s.freed_seat_days > 0 or s.reducible_seats is not null)
order by s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
