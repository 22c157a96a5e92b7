-- A call of which nobody knows the outcome needs the account, and a plan that is being carried out
-- must stay what was approved.
select plan_id, why
from (
    select s.plan_id, 'the outcome of an act is open' as why
    from step s
    where s.portal_id = $1::bigint and s.state in ('intent', 'unknown')
      and s.account_id in (select account_id from erasing_account)
    union all
    select p.plan_id, 'it is being carried out'
    from plan p
    where p.portal_id = $1::bigint and p.state = 'applying'
      and exists (select 1 from plan_row r
                  where r.portal_id = $1::bigint and r.plan_id = p.plan_id
                    and (r.account_id in (select account_id from erasing_account)
                         or r.matched_number in (select value from erasing_value)
                         or r.matched_email in (select value from erasing_value)
                         or r.reason ~* $2))) o
order by plan_id
limit 1
