-- Names that had host $2 before this one, oldest first: of two names of one host the newer is asked
-- about, until a person says that both go on. Of a name that learned no host (it has not run since an
-- upgrade) there is only its address, which the caller compares; it counts when it did or decided
-- anything, as what only looked has nothing to be forgotten.
select o.name, o.host, o.url
from portal p
join portal o on o.portal_id <> p.portal_id and o.set_aside_at is null
    and (o.first_seen, o.portal_id) < (p.first_seen, p.portal_id)
where p.portal_id = $1::bigint and not (p.shares_host and p.host is not distinct from $2)
  and (o.host = $2
       or (o.host is null
           and (exists (select from run r
                        where r.portal_id = o.portal_id and r.verb in ('run', 'apply'))
                or exists (select from ruling r where r.portal_id = o.portal_id))))
order by o.first_seen, o.portal_id
