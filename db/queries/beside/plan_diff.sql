-- The rows of plan_changes for people: came, went, changed (a decision would be about something else) or
-- moved (about the same, and something holds it, or it waits for another day), and what it is: whatever
-- a decision hangs on, in its own words, and what a row shows beside that.
with side as (
    select r.*,
           coalesce(account_id, username, email, name, '') collate "C" as whose,
           coalesce(encode(subject, 'hex'), concat_ws(' ', action, decision_row, rule)) as what
    from plan_row r
    where portal_id = $1::bigint and plan_id in ($2::bigint, $3::bigint))
select case when o.position is null then 'came' when n.position is null then 'went'
            when n.what = o.what then 'moved' else 'changed' end as change,
       coalesce(n.position, o.position) as position,
       coalesce(n.account_id, o.account_id) as account_id, coalesce(n.email, o.email) as email,
       coalesce(n.name, o.name) as name, coalesce(n.action, o.action) as action,
       nullif(coalesce(n.rule, o.rule), '') as rule,
       coalesce(n.decision_row, o.decision_row) as row,
       case when n.position is null and exists (
                select 1 from step s
                where s.portal_id = $1::bigint and s.account_id = o.account_id
                  and s.action = o.action and s.plan_id >= $2::bigint and s.plan_id < $3::bigint
                  and s.state in ('done', 'verified', 'already')) then 'done'
            when o.position is null then n.reason
            when n.position is null then 'not proposed any more; it was: ' || o.reason
            else (select string_agg(case f.field
                                    when 'rule_text' then 'the rule asks something else'
                                    when 'act' then 'the account was suspended by another act'
                                    when 'undoes' then 'the account was downgraded by another act'
                                    else concat(replace(f.field, '_', ' '), ': ',
                                                coalesce(f.now, 'none'), ' (was ',
                                                coalesce(f.was, 'none'), ')') end,
                                    '; ' order by f.place, f.field)
                  from (select w.place, w.field, w.was, w.now
                        from (values (1, 'action', o.action, n.action),
                                     (2, 'rule', nullif(o.rule, ''), nullif(n.rule, '')),
                                     (3, 'row', o.decision_row, n.decision_row),
                                     (4, 'person', o.person, n.person),
                                     (5, 'profile', o.profile, n.profile),
                                     (7, 'held_by', o.held_by, n.held_by),
                                     (8, 'not_before', o.not_before::text, n.not_before::text))
                             w (place, field, was, now)
                        union all
                        select 6, coalesce(a.key, b.key), a.value, b.value
                        from json_each_text(o.about) a
                        full join json_each_text(n.about) b on b.key = a.key
                        where o.about is not null and n.about is not null
                          and coalesce(a.key, b.key)
                              not in ('action', 'rule', 'status', 'profile')) f
                  where f.was is distinct from f.now)
       end as what
from (select * from side where plan_id = $2::bigint) o
full join (select * from side where plan_id = $3::bigint) n on n.whose = o.whose
where (o.what, o.held_by, o.not_before, o.finding)
      is distinct from (n.what, n.held_by, n.not_before, n.finding)
order by n.position, o.position
