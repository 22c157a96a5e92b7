-- What a protected entry called them.
update account a set bound = '{}'
where a.portal_id = $1::bigint and a.bound <> '{}'
  and a.account_no in (select account_no from erasing_account)
