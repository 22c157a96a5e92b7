-- The number of a new file.
update portal set last_handed_in_id = last_handed_in_id + 1
where portal_id = $1::bigint
returning last_handed_in_id
