-- Who is back by the roster of $3. An older copy of it ends nothing before it was seen.
update person_leave l set back_at = greatest(l.seen_at, $3::timestamptz)
where l.portal_id = $1::bigint and l.person_key = any ($2::text[]) and l.back_at is null
