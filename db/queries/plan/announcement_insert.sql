-- What this plan announces: only what nothing holds, and each account once.
insert into announcement (portal_id, account_id, rule, plan_id, announced_on, login_at, mode)
select distinct on (account_id, rule)
       portal_id, account_id, rule, plan_id, $3::date, last_login, $4
from plan_row
where portal_id = $1::bigint and plan_id = $2::bigint
  and new_announcement and held_by is null and account_id is not null
order by account_id, rule, position
