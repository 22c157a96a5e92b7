-- What was freed in all months from one on, by class and currency. What is exposed and reducible is so
-- at one time, and is not added.
select s.class, s.currency, sum(s.freed_seat_days)::bigint as freed_seat_days,
       round(sum(s.freed), 2) as freed, sum(s.come_backs)::bigint as come_backs,
       sum(s.not_counted)::bigint as not_counted, sum(s.new_holders)::bigint as new_holders,
       case when s.two_currencies then 'two currencies'
            when s.currency is null then 'no price' end as no_amount
from audit.savings s
where s.portal = $1 and s.month >= date_trunc('month', $2::date)
group by s.class, s.currency, s.two_currencies
order by s.class collate "C" nulls last, s.currency nulls last, s.two_currencies
