-- A protected entry fits this account: it is about it from now on, whatever it is called (row P3).
update account set bound = array_append(bound, $3)
where portal_id = $1::bigint and account_id = $2 and not $3 = any (bound)
