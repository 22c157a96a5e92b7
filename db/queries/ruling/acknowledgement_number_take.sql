-- The number of a new acknowledgement.
update portal set last_acknowledgement_id = last_acknowledgement_id + 1
where portal_id = $1::bigint
returning last_acknowledgement_id
