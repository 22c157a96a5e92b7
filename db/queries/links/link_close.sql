-- Closes the links that changed.
update link_version v set valid_to = $2::integer
from stage_link s
where v.portal_id = $1::bigint and v.account_no = s.account_no and v.valid_to is null
