-- What this run was granted before ends, and what it may send now, by what everybody behind the address
-- has sent. Others wait until the end of the transaction.
select granted, others, wait_us, silent_us, now_us
from pace_take($1::bigint, $2::bigint, $3, $4::bigint, $5::double precision, $6::bigint, $7::bigint,
               $8::bigint, $9::double precision, $10::double precision)
