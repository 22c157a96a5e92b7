-- What this snapshot has taken in is pending no more.
delete from login_pending p
using account a, stage_listed s
where p.portal_id = $1::bigint and a.portal_id = $1::bigint and a.account_id = p.account_id
  and s.account_no = a.account_no
