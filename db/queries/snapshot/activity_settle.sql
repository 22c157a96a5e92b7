-- What this snapshot has taken in is pending no more.
delete from activity_pending p
using stage_account s
where p.portal_id = $1::bigint and p.account_id = s.account_id
