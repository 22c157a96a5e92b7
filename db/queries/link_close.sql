-- Closes the links that changed.
update link_version v set valid_to = $2::bigint
from stage_link s
where v.portal_id = $1::bigint and v.account_id = s.account_id and v.valid_to is null
  and (v.kind, v.matched_by, v.person_key) is distinct from (s.kind, s.matched_by, s.person_key)
