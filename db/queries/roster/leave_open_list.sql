-- Who is on leave, as far as the rosters that were said it.
select person_key from person_leave where portal_id = $1::bigint and back_at is null
