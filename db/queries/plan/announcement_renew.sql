-- A rule that announces an account anew ends what it announced before.
update announcement a set ended_on = $3::date
from plan_row r
where a.portal_id = $1::bigint and a.ended_on is null
  and r.portal_id = a.portal_id and r.plan_id = $2::bigint
  and r.account_id = a.account_id and r.rule = a.rule
  and r.new_announcement and r.held_by is null
