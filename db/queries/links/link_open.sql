-- Opens a link for every account whose link changed. Where a newer good roster was read before, an
-- older copy of it says nothing about the time of that one: the link counts from after it.
insert into link_version (portal_id, account_no, valid_from, kind, matched_by, person_key, since)
select $1::bigint, s.account_no, $2::integer, s.kind, s.matched_by, s.person_key,
       greatest($3::timestamptz,
                (select max(least(coalesce(r.modified_at, r.read_at), r.read_at))
                        + interval '1 microsecond'
                 from roster r
                 where r.portal_id = $1::bigint and r.good
                   and least(coalesce(r.modified_at, r.read_at), r.read_at) > $3::timestamptz))
from stage_link s
order by s.account_no
