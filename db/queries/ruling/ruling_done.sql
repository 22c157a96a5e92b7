-- Acts of each action today and in its window; calls that nobody can tell the outcome of count as of today.
select action, count(*) filter (where at >= $2::timestamptz) as today,
       count(*) filter (where not uncounted
                        and at >= case action when 'suspend' then $3::timestamptz
                                              when 'deprovision' then $4::timestamptz
                                              else $2::timestamptz end) as in_window
from (select action, done_at as at, uncounted from act
      where portal_id = $1::bigint
        and done_at >= least($2::timestamptz, $3::timestamptz, $4::timestamptz)
      union all
      select action, 'infinity', spread from step
      where portal_id = $1::bigint and state in ('intent', 'unknown')) d
group by action
