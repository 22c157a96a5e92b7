-- What was saved, by month, class and currency, from a month on.
select to_char(s.month, 'YYYY-MM') as month, s.class, s.currency, s.exposed_seats,
       round(s.exposed, 2) as exposed, s.freed_seat_days, round(s.freed, 2) as freed, s.come_backs,
       s.not_counted, s.new_holders, s.reducible_seats, round(s.reducible, 2) as reducible,
       case when s.two_currencies then 'two currencies'
            when s.currency is null then 'no price' end as no_amount
from audit.savings s
where s.portal = $1 and s.month >= date_trunc('month', $2::date)
order by s.month, s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
