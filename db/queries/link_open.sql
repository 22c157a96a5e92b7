-- Opens a link for every account that has none open. Where a newer good roster was read before, an
-- older copy of it says nothing about the time of that one: the link counts from after it.
insert into link_version (portal_id, account_id, valid_from, kind, matched_by, person_key, since)
select $1::bigint, s.account_id, $2::bigint, s.kind, s.matched_by, s.person_key, greatest($3::timestamptz,
       (select max(least(coalesce(r.modified_at, r.read_at), r.read_at)) + interval '1 microsecond'
        from roster r
        where r.portal_id = $1::bigint and r.good
          and least(coalesce(r.modified_at, r.read_at), r.read_at) > $3::timestamptz))
from stage_link s
where not exists (select from link_version v
                  where v.portal_id = $1::bigint and v.account_id = s.account_id
                    and v.valid_to is null)
