-- What waits for a snapshot names the account by its id alone; it goes with the account all the same.
delete from activity_pending l
where l.portal_id = $1::bigint and l.account_id in (select account_id from erasing_account)
