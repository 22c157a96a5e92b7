-- Rows of two plans that are not the same in both, by account: a row is new when what a decision about it
-- is about (its subject; of a finding its row of the table) is not what it was. Of rows that went, whether
-- their act was done in the meantime. Bytes compare text, so that rows of one account come together by
-- hashing.
with side as not materialized (
    select plan_id, position, held_by, not_before, finding, action, account_id,
           coalesce(account_id, username, email, name, '') collate "C" as whose,
           coalesce(encode(subject, 'hex'), concat_ws(' ', action, decision_row, rule)) as what
    from plan_row
    where portal_id = $1::bigint and plan_id in ($2::bigint, $3::bigint))
select coalesce(o.position, 0) as before, coalesce(n.position, 0) as after,
       n.position is not null and n.what is distinct from o.what as is_new,
       n.position is null and exists (
           select 1 from step s
           where s.portal_id = $1::bigint and s.account_id = o.account_id and s.action = o.action
             and s.plan_id >= $2::bigint and s.plan_id < $3::bigint
             and s.state in ('done', 'verified', 'already')) as done
from (select * from side where plan_id = $2::bigint) o
full join (select * from side where plan_id = $3::bigint) n on n.whose = o.whose
where (o.what, o.held_by, o.not_before, o.finding)
      is distinct from (n.what, n.held_by, n.not_before, n.finding)
order by n.position, o.position
