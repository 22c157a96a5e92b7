-- How many requests everybody behind the address sent, or may still send, in the window that ends
-- now ($3); in how many microseconds the first of them leaves it; and how long a silence still lasts.
select coalesce(b.requests, 0)::bigint as requests,
       coalesce(us(b.first_at + make_interval(secs => $2::double precision)) - us($3::timestamptz), 0)
           as wait_us,
       greatest(coalesce(us(s.until) - us($3::timestamptz), 0), 0) as silence_us
from (select sum(requests) as requests, min(last_at) as first_at
      from request_block
      where address_group = $1
        and last_at > $3::timestamptz - make_interval(secs => $2::double precision)) b
cross join (select max(until) as until from request_silence where address_group = $1) s
