-- Accounts of which all that the snapshot says is needed.
select account_no from stage_difference where not missing order by account_no
