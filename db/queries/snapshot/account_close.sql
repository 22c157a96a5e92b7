-- Closes the versions that this snapshot contradicts; what is merely missing waits for account_gone.
update account_version v set valid_to = $2::integer
from stage_account s
where v.portal_id = $1::bigint and v.account_no = s.account_no and v.valid_to is null
