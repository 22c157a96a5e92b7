-- Closes the versions that this snapshot contradicts.
update account_version v set valid_to = $2::bigint
from stage_account s
where v.portal_id = $1::bigint and v.account_id = s.account_id and v.valid_to is null
  and v.digest <> s.digest
