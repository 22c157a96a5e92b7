-- Whom we suspended and this snapshot shows with a seat: kept is the first one that did. An account that
-- has its seat again before any snapshot saw it without is one that did not change, so it is asked of the
-- versions that this snapshot leaves open. $3 are the accounts that it does not list.
update account a set reactivated_at = $2::timestamptz
from (select distinct on (account_id) account_id, done_at from act
      where portal_id = $1::bigint and action = 'suspend'
      order by account_id, done_at desc, act_id desc) d,
     account_version v
where a.portal_id = $1::bigint and a.account_id = d.account_id and d.done_at < $2::timestamptz
  and (a.reactivated_at is null or a.reactivated_at <= d.done_at)
  and not exists (select 1 from unnest($3::integer[]) u (account_no) where u.account_no = a.account_no)
  and v.portal_id = $1::bigint and v.account_no = a.account_no and v.valid_to is null
  and v.status = 'active'
