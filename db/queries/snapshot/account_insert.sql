-- Accounts seen for the first time; the foreign keys of everything below need them. In the order of
-- the index, which then grows at its end; likewise wherever many rows are added. The last complete
-- reading of this portal before this one did not have them (K4): readings that G14 held, and those of
-- before a person adopted the portal, may be of another one.
insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, ever_active,
                     missing_at)
select $1::bigint, s.account_id, s.account_no, $2::bigint, $3::timestamptz, s.status = 'active',
       (select max(b.taken_at)
        from snapshot b
        join portal o on o.portal_id = $1::bigint
        where b.portal_id = $1::bigint and b.complete and b.snapshot_id < $2::bigint
          and b.snapshot_id > coalesce(o.adopted_snapshot_id, 0)
          and not exists (select 1 from plan p
                          join plan_guard g on g.portal_id = $1::bigint and g.plan_id = p.plan_id
                          where p.portal_id = $1::bigint and p.snapshot_id = b.snapshot_id
                            and g.guard = 'G14' and g.hold))
from stage_account s
where s.account_no > $4::integer
order by s.account_id
