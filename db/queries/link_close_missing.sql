-- Closes the links of accounts that are not there any more: only a complete snapshot can tell.
update link_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and not exists (select from stage_link s where s.account_id = v.account_id)
