-- Accounts seen for the first time; the foreign keys of everything below need them.
insert into account (portal_id, account_id, first_snapshot_id, first_seen, ever_active)
select $1::bigint, s.account_id, $2::bigint, $3::timestamptz, s.status = 'active'
from stage_account s
where not exists (select from account a
                  where a.portal_id = $1::bigint and a.account_id = s.account_id)
