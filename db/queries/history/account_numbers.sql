-- The numbers of all accounts ever seen.
select account_id, account_no from account where portal_id = $1::bigint
