-- What the portal was called before: reports are called by that. Not what another one is called now.
select distinct p.portal_name as name
from plan p
join portal h on h.portal_id = p.portal_id
where (h.portal_id = $1::bigint or h.goes_on_in = $1::bigint) and p.portal_name is not null
  and p.portal_name not in (select name from portal)
order by 1
