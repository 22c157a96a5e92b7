-- The same accounts in another history of the portal, by their ids.
insert into erasing_account (account_no, account_id)
select account_no, account_id from account
where portal_id = $1::bigint and account_id = any ($2::text[])
