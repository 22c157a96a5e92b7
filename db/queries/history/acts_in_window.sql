-- How often each of some actions was done by us in its last days.
select w.action, count(a.act_id) as acts
from unnest($2::text[], $3::integer[]) as w (action, days)
left join act a
    on a.portal_id = $1::bigint and a.action = w.action
    and a.done_at > $4::timestamptz - make_interval(days => w.days)
group by w.action
