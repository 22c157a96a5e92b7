-- So many requests, to be sent within so many seconds.
insert into request_block (portal_id, run_id, block_no, requests, granted_at, last_at, address_group)
select $1::bigint, $2::bigint,
       1 + coalesce((select max(block_no) from request_block
                     where portal_id = $1::bigint and run_id = $2::bigint), 0),
       $3::integer, $6::timestamptz,
       $6::timestamptz + make_interval(secs => $4::double precision), $5
