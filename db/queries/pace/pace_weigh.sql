-- How many requests everybody behind the address sent, or may still send, in the window that ends
-- now; in how many microseconds the first of them leaves it; and how long a silence still lasts.
select coalesce(sum(requests), 0)::bigint as requests,
       coalesce((extract(epoch from min(last_at) + make_interval(secs => $2::double precision)
                                    - clock_timestamp()) * 1000000)::bigint, 0) as wait_us,
       coalesce((select greatest((extract(epoch from max(until) - clock_timestamp())
                                  * 1000000)::bigint, 0)
                 from request_silence where address_group = $1), 0) as silence_us
from request_block
where address_group = $1
  and last_at > clock_timestamp() - make_interval(secs => $2::double precision)
