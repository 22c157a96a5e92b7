-- Whom we downgraded and this snapshot shows with another profile than we gave: kept is the first one
-- that did, of accounts without a flaw alone: only those were asked singly. An account that has another
-- one before any snapshot saw that one is one that did not change, so it is asked of the versions that
-- this snapshot leaves open. $3 are the accounts that it does not list.
update account a set regraded_at = $2::timestamptz
from (select distinct on (account_id) account_id, done_at, to_profile from act
      where portal_id = $1::bigint and action = 'downgrade'
      order by account_id, done_at desc, act_id desc) d,
     account_version v
where a.portal_id = $1::bigint and a.account_id = d.account_id and d.done_at < $2::timestamptz
  and (a.regraded_at is null or a.regraded_at <= d.done_at)
  and not exists (select 1 from unnest($3::integer[]) u (account_no) where u.account_no = a.account_no)
  and v.portal_id = $1::bigint and v.account_no = a.account_no and v.valid_to is null
  and v.status in ('active', 'inactive') and v.flaw is null and v.profile_id <> d.to_profile
