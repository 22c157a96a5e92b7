-- A permit that is over says what was really sent, which may be nothing.

set local search_path = reconcile, pg_catalog;

alter table request_block drop constraint request_block_requests_check;
alter table request_block add check (requests >= 0);
comment on column request_block.requests is 'how many were allowed, and once they are over, how many were sent';
