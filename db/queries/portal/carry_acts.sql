-- What was done under the other name counts as done: for the budget, and as ours. Its plans stay where
-- they are.
with carried as (
    select c.*, row_number() over (order by c.act_id) as n from act c where c.portal_id = $2::bigint),
numbered as (
    update portal set last_act_id = last_act_id + (select count(*) from carried)
    where portal_id = $1::bigint
    returning last_act_id - (select count(*) from carried) as before),
made as (
    insert into act (portal_id, act_id, account_id, action, done_at, rule, person_status, uncounted,
                     from_profile, to_profile, from_roles)
    select $1::bigint, t.before + c.n, c.account_id, c.action, c.done_at, c.rule, c.person_status,
           c.uncounted, c.from_profile, c.to_profile, c.from_roles
    from carried c
    cross join numbered t
    returning act_id, account_id, action, done_at)
select coalesce(json_agg(json_build_array(act_id, account_id, action, us(done_at)::text)
                         order by act_id), '[]')::text as acts,
       count(*) as count
from made
