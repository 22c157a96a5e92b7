-- Since when accounts are known to have been used, also those that are in no snapshot yet.
select account_id, at from first_event where portal_id = $1::bigint
