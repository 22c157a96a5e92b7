s.class, s.currency, coalesce(sum(s.exposed_seats) filter (where s.is_now), 0)::bigint
           as exposed_seats,
       round(coalesce(sum(s.exposed) filter (where s.is_now), 0), 2)::text as exposed,
       coalesce(sum(s.freed_seat_days) filter (where s.is_now), 0)::bigint as freed_seat_days,
       round(coalesce(sum(s.freed) filter (where s.is_now), 0), 2)::text as freed,
       sum(s.freed_seat_days)::bigint as year_seat_days,
       round(coalesce(sum(s.freed), 0), 2)::text as year_freed,
       coalesce(sum(s.reducible_seats) filter (where s.is_now), -1)::bigint as reducible_seats,
       round(sum(s.reducible) filter (where s.is_now), 2)::text as reducible, s.two_currencies
