-- A step for every row that is carried out now; those that are there stay. Rows of which the window
-- does not count are named as well.
insert into step (portal_id, plan_id, position, account_id, action, state, person_status, spread,
                  from_profile, to_profile)
select r.portal_id, r.plan_id, r.position, r.account_id, r.action, 'approved', r.person,
       r.position = any ($4::bigint[]), r.from_profile_id, r.to_profile_id
from plan_row r
where r.portal_id = $1::bigint and r.plan_id = $2::bigint and r.action <> 'keep'
  and r.position = any ($3::bigint[])
on conflict (portal_id, plan_id, position) do nothing
