-- Why no mail reaches them.
update announcement_unreached set why = $4
where portal_id = $1::bigint and account_id = $2 and rule = $3
