-- Opens a link for every account that has none open.
insert into link_version (portal_id, account_id, valid_from, kind, matched_by, person_key, since)
select $1::bigint, s.account_id, $2::bigint, s.kind, s.matched_by, s.person_key, $3::timestamptz
from stage_link s
where not exists (select from link_version v
                  where v.portal_id = $1::bigint and v.account_id = s.account_id
                    and v.valid_to is null)
