-- How much of each action was done since the day began, and in the window of each: acts, and calls
-- whose outcome is not known. Each counts on the day of its call, whenever its effect was seen; one
-- of which nobody knows whether it arrived counts today. What was overridden or spread counts on its day
-- and not in the window.
with called as (
    select t.action, t.uncounted, least(s.intent_at, t.done_at) as at
    from act t
    left join step s on s.portal_id = $1::bigint and s.plan_id = t.plan_id
        and s.account_id = t.account_id and s.action = t.action
    where t.portal_id = $1::bigint
      and t.done_at > least($2::timestamptz, $3::timestamptz - make_interval(
                                days => (select max(d) from unnest($5::integer[]) d)))
    union all
    select s.action, s.spread,
           case when s.accepted_at is null then $3::timestamptz else s.intent_at end
    from step s
    where s.portal_id = $1::bigint and s.state in ('intent', 'unknown'))
select a.action,
       count(*) filter (where c.at >= $2::timestamptz) as today,
       count(*) filter (where c.at >= $2::timestamptz and c.uncounted) as spread_today,
       count(*) filter (where not c.uncounted
                        and c.at > $3::timestamptz - make_interval(days => a.days)) as in_window
from unnest($4::text[], $5::integer[]) a (action, days)
left join called c using (action)
group by a.action
