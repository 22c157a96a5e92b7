-- One grant at a time for everybody behind an address, until the end of the transaction; and the time then,
-- which is that of everything that is granted or weighed under the lock, on whichever server it is kept.
select pg_advisory_xact_lock(
           ('x' || left(encode(sha256(convert_to('pace ' || $1, 'UTF8')), 'hex'), 15))::bit(60)::bigint),
       us(clock_timestamp()) as now_us
