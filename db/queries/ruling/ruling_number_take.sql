-- Numbers for new rulings: the last one given before.
update portal set last_ruling_id = last_ruling_id + $2::bigint
where portal_id = $1::bigint
returning last_ruling_id - $2::bigint as last
