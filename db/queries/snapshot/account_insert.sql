-- Accounts seen for the first time; the foreign keys of everything below need them. In the order of
-- the index, which then grows at its end; likewise wherever many rows are added. The last complete
-- snapshot before this one did not have them (K4).
insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, ever_active,
                     missing_at)
select $1::bigint, s.account_id, s.account_no, $2::bigint, $3::timestamptz, s.status = 'active',
       (select max(taken_at) from snapshot
        where portal_id = $1::bigint and complete and snapshot_id < $2::bigint)
from stage_account s
where s.account_no > $4::integer
order by s.account_id
