-- Whom we downgraded and this snapshot shows with another profile than we gave: kept is the first one
-- that did, of accounts without a flaw alone: only those were asked singly. An account that has another
-- one before any snapshot saw that one is one that did not change.
update account a set regraded_at = $2::timestamptz
from (select distinct on (account_id) account_id, done_at, to_profile from act
      where portal_id = $1::bigint and action = 'downgrade'
      order by account_id, done_at desc, act_id desc) d
join stage_account s on s.account_id = d.account_id and s.status in ('active', 'inactive')
    and s.flaw is null and s.profile_id <> d.to_profile
where a.portal_id = $1::bigint and a.account_id = d.account_id and d.done_at < $2::timestamptz
  and (a.regraded_at is null or a.regraded_at <= d.done_at)
