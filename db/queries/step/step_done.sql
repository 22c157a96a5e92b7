-- How much of each action was done since the day began, and in the window of each: acts, and calls
-- whose outcome is not known. What was overridden counts nowhere, what was spread not in the window.
select a.action,
       (select count(*) from act t
        where t.portal_id = $1::bigint and t.action = a.action and t.done_at >= $2::timestamptz)
       + (select count(*) from step s
          where s.portal_id = $1::bigint and s.action = a.action
            and s.state in ('intent', 'unknown')) as today,
       (select count(*) from act t
        where t.portal_id = $1::bigint and t.action = a.action and t.done_at >= $2::timestamptz
          and t.uncounted) as spread_today,
       (select count(*) from act t
        where t.portal_id = $1::bigint and t.action = a.action and not t.uncounted
          and t.done_at > $3::timestamptz - make_interval(days => a.days))
       + (select count(*) from step s
          where s.portal_id = $1::bigint and s.action = a.action and not s.spread
            and s.state in ('intent', 'unknown')) as in_window
from (values ('suspend', $4::integer), ('deprovision', $5::integer), ('reactivate', 0)) a (action, days)
