-- What this snapshot has taken in is pending no more; $2 are the accounts that it does not list.
delete from login_pending p
using account a
where p.portal_id = $1::bigint and a.portal_id = $1::bigint and a.account_id = p.account_id
  and not exists (select 1 from unnest($2::integer[]) u (account_no) where u.account_no = a.account_no)
