-- Who was on leave by either history was: of history $2 to $1. A leave is over when both say so.
insert into person_leave (portal_id, person_key, since, seen_at, back_at)
select $1::bigint, l.person_key, l.since, l.seen_at, l.back_at
from person_leave l
where l.portal_id = $2::bigint
on conflict (portal_id, person_key, since) do update
set seen_at = greatest(person_leave.seen_at, excluded.seen_at),
    back_at = case when person_leave.back_at is not null and excluded.back_at is not null
                   then greatest(person_leave.back_at, excluded.back_at) end
