-- People who left the roster long ago and to whom no account belongs.
select h.person_key
from person_version h
join roster r on r.portal_id = $1::bigint and r.roster_id = h.valid_to
where h.portal_id = $1::bigint and h.person_key !~ '^erased:' and h.person_key <> '?'
  and r.read_at < $2::timestamptz
  and not exists (select 1 from person_version l
                  where l.portal_id = $1::bigint and l.person_key = h.person_key
                    and (l.valid_to is null or l.valid_to > h.valid_to))
  and not exists (select 1 from link_version k
                  where k.portal_id = $1::bigint and k.person_key = h.person_key
                    and k.valid_to is null)
group by h.person_key
order by h.person_key
limit 100
