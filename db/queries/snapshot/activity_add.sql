-- A row for every account of which this snapshot knows newer activity than before.
insert into activity (portal_id, account_no, valid_from, kind, at, seen_at)
select $1::bigint, s.account_no, $2::integer, s.kind, s.at, s.seen_at
from stage_activity s
left join activity_known l on l.portal_id = $1::bigint and l.account_no = s.account_no
where l.account_no is null or s.at > l.at
order by s.account_no
