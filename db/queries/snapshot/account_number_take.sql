-- Numbers for accounts seen for the first time: the last one given before.
update portal set last_account_no = last_account_no + $2::integer
where portal_id = $1::bigint
returning last_account_no - $2::integer
