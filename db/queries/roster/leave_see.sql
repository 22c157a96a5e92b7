-- Who is on leave by the roster of $3: the row that is open goes on, or one begins.
with seen as (
    update person_leave l set seen_at = greatest(l.seen_at, $3::timestamptz)
    where l.portal_id = $1::bigint and l.person_key = any ($2::text[]) and l.back_at is null
    returning l.person_key)
insert into person_leave (portal_id, person_key, since, seen_at)
select $1::bigint, k.person_key, $3::timestamptz, $3::timestamptz
from (select distinct unnest($2::text[]) as person_key) k
where k.person_key not in (select person_key from seen)
on conflict do nothing
