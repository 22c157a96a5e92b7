-- The countries of the rows of a plan, as its snapshot and roster had them: the account's, else that of the
-- person it was linked to.
select r.position, coalesce(v.country, q.country) as country
from plan p
join plan_row r on r.portal_id = $1::bigint and r.plan_id = p.plan_id
join account a on a.portal_id = $1::bigint and a.account_id = r.account_id
left join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
    and v.valid_from <= p.snapshot_id and (v.valid_to is null or v.valid_to > p.snapshot_id)
left join link_version l on l.portal_id = $1::bigint and l.account_no = a.account_no
    and l.valid_from <= p.snapshot_id and (l.valid_to is null or l.valid_to > p.snapshot_id)
left join lateral (
    select min(o.country) as country from person_version o
    where v.country is null and o.portal_id = $1::bigint and o.person_key = l.person_key
      and o.valid_from <= p.roster_id and (o.valid_to is null or o.valid_to > p.roster_id)
    having count(distinct o.country) = 1) q on true
where p.portal_id = $1::bigint and p.plan_id = $2::bigint
  and coalesce(v.country, q.country) is not null
