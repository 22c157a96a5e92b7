-- Closes the links that changed; those of accounts that are not there any more only when a complete
-- snapshot tells.
update link_version v set valid_to = $2::integer
from stage_link_difference d
where v.portal_id = $1::bigint and v.account_no = d.account_no and v.valid_to is null
  and (not d.missing or $3::boolean)
