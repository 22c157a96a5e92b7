-- Whose data goes, for the event.
select account_id from erasing_account order by account_id
