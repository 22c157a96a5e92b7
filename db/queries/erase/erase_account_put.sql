-- Accounts by their numbers.
insert into erasing_account (account_no, account_id)
select account_no, account_id from account
where portal_id = $1::bigint and account_no = any ($2::integer[])
