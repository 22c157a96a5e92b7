-- Numbers of accounts are of one history.
delete from erasing_account
