-- The seats that the rules of a plan would free, by class and price; at least a row.
insert into plan_exposed (portal_id, plan_id, position, class, seats, price, currency,
                          two_currencies)
select $1::bigint, $2::bigint,
       row_number() over (order by e.class collate "C" nulls last, e.currency nulls last, e.price,
                                   e.two_currencies),
       e.class, e.seats, e.price, e.currency, e.two_currencies
from (select c.class, c.price, c.currency, coalesce(c.two_currencies, false) as two_currencies,
             coalesce(sum(c.seats), 0)::bigint as seats
      from (values (true)) one(given)
      left join (
          select r.seats, r.class,
                 case when r.action = 'suspend' then c.price
                      when c.currency = t.currency then c.price - t.price end as price,
                 case when r.action = 'suspend' or c.currency = t.currency then c.currency end
                     as currency,
                 r.action = 'downgrade' and c.currency <> t.currency as two_currencies
          from (select action, class, to_profile_id, count(*) as seats from plan_row
                where portal_id = $1::bigint and plan_id = $2::bigint
                  and action in ('suspend', 'downgrade') and not finding and account = 'active'
                group by action, class, to_profile_id) r
          join plan p on p.portal_id = $1::bigint and p.plan_id = $2::bigint
          left join plan_class c on c.portal_id = $1::bigint and c.plan_id = $2::bigint
              and c.class = r.class
          left join profile_class_version k on k.portal_id = $1::bigint
              and k.profile_id = r.to_profile_id and k.valid_from <= p.snapshot_id
              and (k.valid_to is null or k.valid_to > p.snapshot_id)
          left join plan_class t on t.portal_id = $1::bigint and t.plan_id = $2::bigint
              and t.class = k.class
          where r.action = 'suspend' or k.class is distinct from r.class) c on true
      group by c.class, c.price, c.currency, coalesce(c.two_currencies, false)) e
