-- It names the account by its id alone; it goes with the account all the same.
delete from first_event e
where e.portal_id = $1::bigint and e.account_id in (select account_id from erasing_account)
