-- Numbers for new announcements: the last one given before.
update portal set last_announcement_id = last_announcement_id + $2::bigint
where portal_id = $1::bigint
returning last_announcement_id - $2::bigint as last
