-- Closes the links of accounts that are not there any more: only when a complete snapshot tells.
update link_version v set valid_to = $2::integer
from unnest($3::integer[]) d (account_no)
where v.portal_id = $1::bigint and v.account_no = d.account_no and v.valid_to is null
