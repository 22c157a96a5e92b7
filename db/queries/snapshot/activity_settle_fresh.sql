-- Likewise of accounts seen for the first time.
delete from activity_pending p
using account a
where p.portal_id = $1::bigint and a.portal_id = $1::bigint and a.account_id = p.account_id
  and a.first_snapshot_id = $2::bigint
